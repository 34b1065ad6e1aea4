// @ts-check
// The place of the visible signature: drag or resize the box, or use the keyboard. Kept in points of the page as
// it is shown (rotation and crop applied); the server turns them into the PDF's own coordinates.

import { fill, part, readFacts } from './facts.js';
import { currentPage, onPage, pages, stage, turnTo } from './page_viewer.js';

const MM_PER_POINT = 25.4 / 72;
const SIZES = /** @type {Record<string, [number, number]>} */ ({ small: [130, 44], medium: [180, 60], large: [240, 80] }); // points
const SMALLEST = [90, 30]; // points: below this the text can't be read
const STEP = 6; // points a press of an arrow key

const texts = readFacts('viewer-facts').texts;
const form = part(document, '[data-sign-form]');
const stamp = part(document, '[data-stamp]');
const pageChoice = /** @type {HTMLSelectElement} */ (part(form, '[data-stamp-page]'));
const sizeChoice = /** @type {HTMLSelectElement} */ (part(form, '[data-stamp-size]'));
const visible = /** @type {HTMLInputElement} */ (part(form, '[data-stamp-visible]'));
const where = part(form, '[data-stamp-where]');

/** In points from the top left corner of the shown page. */
const box = { left: 0, top: 0, width: 0, height: 0 };

function stampPage() {
  return pages[Number(pageChoice.value) - 1];
}

/** @param {Partial<typeof box>} wish */
function place(wish) {
  const page = stampPage();
  Object.assign(box, wish);
  box.width = clamp(box.width, Math.min(SMALLEST[0], page.width), page.width);
  box.height = clamp(box.height, Math.min(SMALLEST[1], page.height), page.height);
  box.left = clamp(box.left, 0, page.width - box.width);
  box.top = clamp(box.top, 0, page.height - box.height);
  show();
}

/**
 * @param {number} value
 * @param {number} least
 * @param {number} most
 */
function clamp(value, least, most) {
  return Math.min(Math.max(value, least), Math.max(least, most));
}

function show() {
  const page = stampPage();
  const fractions = {
    left: box.left / page.width,
    top: box.top / page.height,
    width: box.width / page.width,
    height: box.height / page.height,
  };
  for (const [side, value] of Object.entries(fractions)) {
    stamp.style.setProperty(side, `${value * 100}%`);
  }
  stamp.hidden = !visible.checked || currentPage() !== page.number;
  part(form, '[data-stamp-settings]').hidden = !visible.checked;
  const mm = (/** @type {number} */ points) => Math.round(points * MM_PER_POINT);
  where.textContent = fill(texts.where, {
    page: page.number,
    left: mm(box.left),
    top: mm(box.top),
    width: mm(box.width),
    height: mm(box.height),
  });
}

/**
 * What the server is asked for: the page from 0, and the box from the lower left corner; null for no visible signature.
 * @returns {{ page: number, x0: number, y0: number, x1: number, y1: number } | null}
 */
export function placement() {
  if (!visible.checked) return null;
  const page = stampPage();
  const y1 = page.height - box.top;
  return { page: page.number - 1, x0: box.left, y0: Math.max(0, y1 - box.height), x1: box.left + box.width, y1 };
}

/** The lower right corner of the page, where a signature usually stands. */
function placeAtCorner() {
  const page = stampPage();
  const [width, height] = SIZES[sizeChoice.value] || SIZES.medium;
  place({ width, height, left: page.width - width - 56, top: page.height - height - 90 });
}

/** @param {PointerEvent} event */
function drag(event) {
  if (event.button !== 0) return;
  event.preventDefault(); // no text selection on the way
  stamp.focus({ preventScroll: true });
  const resize = event.target instanceof Element && event.target.closest('[data-stamp-handle]');
  const scale = stampPage().width / stage.clientWidth; // points per pixel
  const start = { x: event.clientX, y: event.clientY, ...box };
  stamp.setPointerCapture(event.pointerId);
  /** @param {PointerEvent} move */
  const follow = (move) => {
    const right = (move.clientX - start.x) * scale;
    const down = (move.clientY - start.y) * scale;
    if (resize) {
      ownSize();
      const page = stampPage();
      place({
        width: Math.min(start.width + right, page.width - start.left),
        height: Math.min(start.height + down, page.height - start.top),
      });
    } else place({ left: start.left + right, top: start.top + down });
  };
  stamp.addEventListener('pointermove', follow);
  stamp.addEventListener('lostpointercapture', () => stamp.removeEventListener('pointermove', follow), { once: true });
}

function ownSize() {
  const option = sizeChoice.querySelector('option[value="own"]');
  if (option instanceof HTMLOptionElement) option.hidden = false;
  sizeChoice.value = 'own';
}

/** @param {KeyboardEvent} event */
function press(event) {
  const step = event.ctrlKey || event.altKey ? 1 : STEP;
  const moves = /** @type {Record<string, [number, number]>} */ ({
    ArrowLeft: [-step, 0],
    ArrowRight: [step, 0],
    ArrowUp: [0, -step],
    ArrowDown: [0, step],
  });
  const move = moves[event.key];
  if (!move) return;
  event.preventDefault();
  if (event.shiftKey) {
    ownSize();
    const page = stampPage();
    place({
      width: Math.min(box.width + move[0], page.width - box.left),
      height: Math.min(box.height + move[1], page.height - box.top),
    });
  } else place({ left: box.left + move[0], top: box.top + move[1] });
}

stamp.addEventListener('pointerdown', drag);
stamp.addEventListener('keydown', press);
onPage((number) => {
  // Turning the page takes the box along: it stands where the person looks.
  pageChoice.value = String(number);
  place({});
});
pageChoice.addEventListener('change', () => turnTo(Number(pageChoice.value)));
sizeChoice.addEventListener('change', () => {
  const size = SIZES[sizeChoice.value];
  if (size) place({ width: size[0], height: size[1] });
});
visible.addEventListener('change', show);

placeAtCorner();
if (stampPage().number !== currentPage()) turnTo(stampPage().number);
