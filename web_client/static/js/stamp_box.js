// @ts-check
// The box of the visible signature on a shown page: dragged, resized, or moved by keyboard. Kept in points from the lower left corner of
// the page as it is shown (rotation and crop applied), like the server's; a smaller page gets it moved inside, as the server will.
// It stops where the server would refuse it, at the page's edge and at its largest size, and tells why.

const SMALLEST = [90, 30]; // points: below this the text is a strain to read
const ROUNDING = 0.999; // of the largest area, so that no digit behind the point is over it
const STEP = 6; // points a press of an arrow key
export const SIZES = /** @type {Record<string, [number, number]>} */ ({ small: [130, 44], medium: [180, 60], large: [240, 80] }); // points

/** @typedef {{ width: number, height: number }} Size of a page, in points */
/**
 * What the server takes (points, and a share of the page): no side shorter than the least, no more area than the share or the small area.
 * @typedef {{ least_width: number, least_height: number, largest_share: number, small_area: number }} Limits
 */
/** @typedef {'' | 'page_too_small' | 'largest'} Reason why the box does not follow */

/**
 * @param {number} value
 * @param {number} least
 * @param {number} most
 */
function clamp(value, least, most) {
  return Math.min(Math.max(value, least), Math.max(least, most));
}

export class StampBox {
  /**
   * @param {HTMLElement} stamp
   * @param {HTMLElement} stage what the page's picture fills
   * @param {() => Size} page the page that the box stands on
   * @param {Limits} limits
   * @param {{ moved: () => void, resized: () => void }} tell
   */
  constructor(stamp, stage, page, limits, tell) {
    this.stamp = stamp;
    this.stage = stage;
    this.page = page;
    this.limits = limits;
    this.tell = tell;
    /** @type {Reason} */
    this.reason = '';
    /** In points from the lower left corner. */
    this.box = { x: 0, y: 0, width: 0, height: 0 };
    stamp.addEventListener('pointerdown', (event) => this.drag(event));
    stamp.addEventListener('keydown', (event) => this.press(event));
  }

  /** @param {Partial<StampBox['box']>} wish */
  place(wish) {
    const page = this.page();
    const box = { ...this.box, ...wish };
    const size = this.fitting(box.width, box.height);
    this.reason = size.reason;
    box.y += box.height - size.height; // the upper left corner stays
    box.width = size.width;
    box.height = size.height;
    this.box = { ...box, ...inside(box, page) };
    this.show();
    this.tell.moved();
  }

  /**
   * The size that the page lets the box have.
   * @param {number} width
   * @param {number} height
   * @returns {Size & { reason: Reason }}
   */
  fitting(width, height) {
    const page = this.page();
    const { least_width, least_height, largest_share, small_area } = this.limits;
    const size = {
      width: clamp(width, Math.min(SMALLEST[0], page.width), page.width),
      height: clamp(height, Math.min(SMALLEST[1], page.height), page.height),
    };
    if (page.width < least_width || page.height < least_height) return { ...size, reason: 'page_too_small' };
    const largest = Math.max(largest_share * page.width * page.height, small_area);
    const area = size.width * size.height;
    if (area <= largest) return { ...size, reason: '' };
    const shrink = Math.sqrt((ROUNDING * largest) / area);
    return { width: size.width * shrink, height: size.height * shrink, reason: 'largest' };
  }

  /**
   * Another size, the upper left corner stays.
   * @param {number} width
   * @param {number} height
   */
  resize(width, height) {
    this.place({ width, height, y: this.box.y + this.box.height - height });
  }

  /** Draws the box on the page that is shown; its own place does not change by that. */
  show() {
    const page = this.page();
    const { x, y } = inside(this.box, page);
    const sides = {
      left: x / page.width,
      top: (page.height - y - this.box.height) / page.height,
      width: this.box.width / page.width,
      height: this.box.height / page.height,
    };
    for (const [side, value] of Object.entries(sides)) this.stamp.style.setProperty(side, `${value * 100}%`);
  }

  /** The lower right corner of the page, where a signature usually stands. @param {[number, number]} size */
  toCorner([width, height]) {
    const page = this.page();
    this.place({ width, height, x: page.width - width - 56, y: 90 });
  }

  /** @returns {{ x0: number, y0: number, x1: number, y1: number }} as the server is asked for it */
  sides() {
    const { x, y, width, height } = this.box;
    return { x0: x, y0: y, x1: x + width, y1: y + height };
  }

  /** @param {PointerEvent} event */
  drag(event) {
    if (event.button !== 0) return;
    event.preventDefault(); // no text selection on the way
    this.stamp.focus({ preventScroll: true });
    const resize = event.target instanceof Element && event.target.closest('[data-stamp-handle]');
    const scale = this.page().width / this.stage.clientWidth; // points per pixel
    const start = { pointerX: event.clientX, pointerY: event.clientY, ...this.box };
    this.stamp.setPointerCapture(event.pointerId);
    /** @param {PointerEvent} move */
    const follow = (move) => {
      const right = (move.clientX - start.pointerX) * scale;
      const down = (move.clientY - start.pointerY) * scale;
      if (resize) this.stretch(start, right, down);
      else this.place({ x: start.x + right, y: start.y - down });
    };
    this.stamp.addEventListener('pointermove', follow);
    const end = () => this.stamp.removeEventListener('pointermove', follow);
    this.stamp.addEventListener('lostpointercapture', end, { once: true });
  }

  /**
   * Moves the lower right corner.
   * @param {StampBox['box']} from
   * @param {number} right
   * @param {number} down
   */
  stretch(from, right, down) {
    const width = clamp(from.width + right, SMALLEST[0], this.page().width - from.x);
    const height = clamp(from.height + down, SMALLEST[1], from.y + from.height);
    this.tell.resized();
    this.place({ x: from.x, width, height, y: from.y + from.height - height });
  }

  /** @param {KeyboardEvent} event */
  press(event) {
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
    event.stopPropagation();
    if (event.shiftKey) this.stretch(this.box, move[0], move[1]);
    else this.place({ x: this.box.x + move[0], y: this.box.y - move[1] });
  }
}

/**
 * @param {{ x: number, y: number, width: number, height: number }} box
 * @param {Size} page
 */
function inside(box, page) {
  return { x: clamp(box.x, 0, page.width - box.width), y: clamp(box.y, 0, page.height - box.height) };
}
