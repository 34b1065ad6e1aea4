// @ts-check
// The place of the visible signature on a document's own page: which page, which size, where.

import { fill, part, readFacts } from './facts.js';
import { currentPage, onPage, pages, stage, turnTo } from './page_viewer.js';
import { SIZES, StampBox } from './stamp_box.js';

const MM_PER_POINT = 25.4 / 72;

const facts = readFacts('viewer-facts');
const texts = facts.texts;
const form = part(document, '[data-sign-form]');
const stamp = part(document, '[data-stamp]');
const pageChoice = /** @type {HTMLSelectElement} */ (part(form, '[data-stamp-page]'));
const sizeChoice = /** @type {HTMLSelectElement} */ (part(form, '[data-stamp-size]'));
const visible = /** @type {HTMLInputElement} */ (part(form, '[data-stamp-visible]'));
const where = part(form, '[data-stamp-where]');

const stampPage = () => pages[Number(pageChoice.value) - 1];
const box = new StampBox(stamp, stage, stampPage, facts.stamp, { moved: show, resized: ownSize });

function show() {
  const page = stampPage();
  stamp.hidden = !visible.checked || currentPage() !== page.number;
  part(form, '[data-stamp-settings]').hidden = !visible.checked;
  const limit = part(form, '[data-stamp-limit]');
  limit.hidden = box.reason === '';
  limit.textContent = box.reason === '' ? '' : texts[box.reason];
  const mm = (/** @type {number} */ points) => Math.round(points * MM_PER_POINT);
  const { x, y, width, height } = box.box;
  where.textContent = fill(texts.where, {
    page: page.number,
    left: mm(x),
    top: mm(page.height - y - height),
    width: mm(width),
    height: mm(height),
  });
}

/** The places that an earlier signature left for a visible one: page from 0, and sides in points; null where it may stand anywhere. */
const places = /** @type {[number, number, number, number, number][] | null} */ (facts.places);
const fieldChoice = form.querySelector('[data-stamp-field]');

/** The box marks the place that was chosen, and can't be moved. */
function standInField() {
  if (!places || !(fieldChoice instanceof HTMLSelectElement)) return;
  const [page, left, lower, right, upper] = places[Number(fieldChoice.value)];
  pageChoice.value = String(page + 1);
  if (currentPage() !== page + 1) turnTo(page + 1);
  box.box = { x: left, y: lower, width: right - left, height: upper - lower };
  box.show();
  show();
}

/**
 * What the server is asked for: the page from 0, and the box from the lower left corner; null for no visible signature.
 * @returns {{ page: number, x0: number, y0: number, x1: number, y1: number } | null}
 */
export function placement() {
  if (!visible.checked) return null;
  if (!places) return { page: stampPage().number - 1, ...box.sides() };
  // The field itself may be smaller than what can be asked for: the server takes the field that is nearest.
  const { x, y, width, height } = box.box;
  const across = Math.max(width, facts.stamp.least_width);
  const up = Math.max(height, facts.stamp.least_height);
  const page = stampPage();
  const x0 = Math.min(Math.max(0, x + (width - across) / 2), Math.max(0, page.width - across));
  const y0 = Math.min(Math.max(0, y + (height - up) / 2), Math.max(0, page.height - up));
  return { page: page.number - 1, x0, y0, x1: x0 + across, y1: y0 + up };
}

function ownSize() {
  const option = sizeChoice.querySelector('option[value="own"]');
  if (option instanceof HTMLOptionElement) option.hidden = false;
  sizeChoice.value = 'own';
}

onPage((number) => {
  if (places) return show();
  // Turning the page takes the box along: it stands where the person looks.
  pageChoice.value = String(number);
  box.place({});
});
pageChoice.addEventListener('change', () => turnTo(Number(pageChoice.value)));
sizeChoice.addEventListener('change', () => {
  const size = SIZES[sizeChoice.value];
  if (size) box.resize(...size);
});
visible.addEventListener('change', show);

if (places) {
  stamp.classList.add('fixed');
  stamp.tabIndex = -1;
  fieldChoice?.addEventListener('change', standInField);
  standInField();
} else {
  box.toCorner(SIZES[sizeChoice.value] || SIZES.medium);
}
if (!places && stampPage().number !== currentPage()) turnTo(stampPage().number);
