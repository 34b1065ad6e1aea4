// @ts-check
// How fast something grows, over its last seconds, and how long the rest will take.

const WINDOW = 8000; // milliseconds
const ENOUGH = 400; // milliseconds before anything is said

export class Rate {
  constructor() {
    /** @type {{ count: number, at: number }[]} */
    this.seen = [];
  }

  reset() {
    this.seen = [];
  }

  /**
   * @param {number} count
   * @param {number} at milliseconds, by any clock that goes forward
   */
  add(count, at) {
    const last = this.seen[this.seen.length - 1];
    if (last && (at <= last.at || count < last.count)) {
      if (count < last.count) this.reset();
      else return;
    }
    this.seen.push({ count, at });
    while (this.seen.length > 2 && this.seen[1].at < at - WINDOW) this.seen.shift();
  }

  /** @returns {number | null} a second, or null when it is too early to say */
  perSecond() {
    const [first] = this.seen;
    const last = this.seen[this.seen.length - 1];
    if (!first || last.at - first.at < ENOUGH || last.count === first.count) return null;
    return (1000 * (last.count - first.count)) / (last.at - first.at);
  }

  /**
   * @param {number} total
   * @returns {number | null} whole seconds left, or null
   */
  left(total) {
    const speed = this.perSecond();
    const last = this.seen[this.seen.length - 1];
    return speed === null ? null : Math.max(0, Math.ceil((total - last.count) / speed));
  }
}
