// @ts-check
// Time as the server tells it, in milliseconds since the epoch. A browser whose clock is wrong must not show a wrong
// countdown, so only differences of the server's own times are used, plus the time that has passed here since.

export class Countdown {
  /**
   * @param {number} endsAt
   * @param {number} serverTime when the server said so
   */
  constructor(endsAt, serverTime) {
    this.left = endsAt - serverTime;
    this.since = performance.now();
  }

  /** Whole seconds left, never below zero. */
  seconds() {
    return Math.max(0, Math.ceil((this.left - (performance.now() - this.since)) / 1000));
  }
}

/**
 * @param {number} seconds
 * @returns {string} mm:ss, or h:mm:ss; always as wide
 */
export function clockFace(seconds) {
  const two = (/** @type {number} */ number) => String(number).padStart(2, '0');
  const hours = Math.floor(seconds / 3600);
  const face = `${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
  return hours ? `${hours}:${face}` : face;
}

/**
 * @param {Intl.DateTimeFormatOptions} options
 * @param {number} moment
 */
function format(options, moment) {
  const { lang, dataset } = document.documentElement;
  const language = lang === 'en' ? 'en-GB' : lang;
  return new Intl.DateTimeFormat(language, { ...options, timeZone: dataset.timeZone || undefined }).format(moment);
}

/**
 * @param {number} moment
 * @returns {string} the time of day in the page's time zone
 */
export function timeOfDay(moment) {
  return format({ timeStyle: 'medium' }, moment);
}

/**
 * @param {number} moment
 * @returns {string} dd/mm/yyyy HH:MM, as the server's pages write it
 */
export function dateTime(moment) {
  const day = format({ day: '2-digit', month: '2-digit', year: 'numeric' }, moment);
  return `${day} ${format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }, moment)}`;
}
