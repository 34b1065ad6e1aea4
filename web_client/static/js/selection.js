// @ts-check
// What is chosen for one request, carried from the list to the batch screen. It lives in this tab only; the server checks it
// again at each step, so an old selection does no harm.

const KEY = 'phoneseal.selection';

/**
 * @typedef {object} Selection
 * @property {string[]} ids documents, in the order of signing
 * @property {string | null} batch the import batch that is signed as one, or null
 * @property {boolean} look only looked through, not signed
 * @property {number | null} [seenAt] when the page was made on which they were chosen, by the server's clock: what was signed since
 *   then, nobody has looked at
 */

/** @param {Selection} selection */
export function keepSelection(selection) {
  const made = document.querySelector('meta[name="made-at"]');
  const seenAt = selection.seenAt ?? (made instanceof HTMLMetaElement ? Number(made.content) : null);
  sessionStorage.setItem(KEY, JSON.stringify({ ...selection, seenAt }));
}

/** @returns {Selection | null} */
export function keptSelection() {
  const kept = JSON.parse(sessionStorage.getItem(KEY) || 'null');
  return kept && Array.isArray(kept.ids) && kept.ids.length ? kept : null;
}

export function forgetSelection() {
  sessionStorage.removeItem(KEY);
}
