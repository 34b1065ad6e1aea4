// @ts-check
// What the server hands to a page's script: one block of JSON, never executed. Texts hold {names} to fill in.

/**
 * @param {string} id
 * @returns {any} the facts, or null when the page has none under this id
 */
export function readFacts(id) {
  const block = document.getElementById(id);
  return block ? JSON.parse(block.textContent || 'null') : null;
}

/**
 * @param {string} text with {names}
 * @param {Record<string, string | number>} values
 * @returns {string}
 */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/**
 * An element that the template promises; its absence is a bug, said at once.
 * @template {Element} [T=HTMLElement]
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {T}
 */
export function part(root, selector) {
  const found = root.querySelector(selector);
  if (!found) throw new Error(`The page has no ${selector}`);
  return /** @type {T} */ (/** @type {unknown} */ (found));
}
