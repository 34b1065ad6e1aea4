// @ts-check
// Calls to our own server. Each carries the anti-forgery value of the page; answers are JSON.

/** What the server said no with: a stable code and a sentence for the person. */
export class Refused extends Error {
  /**
   * @param {string} sentence
   * @param {string} code
   * @param {number} status
   * @param {any} [details] public facts of the refusal
   */
  constructor(sentence, code, status, details) {
    super(sentence);
    this.code = code;
    this.status = status;
    /** @type {string[]} the documents that are in the way */
    this.documents = (details && details.documents) || [];
  }
}

export function csrfToken() {
  const meta = document.querySelector('meta[name="csrf-token"]');
  return meta instanceof HTMLMetaElement ? meta.content : '';
}

/**
 * @param {string} url
 * @returns {Promise<any>}
 */
export async function getJson(url) {
  return answer(await fetch(url, { headers: { Accept: 'application/json' }, cache: 'no-store' }));
}

/**
 * @param {string} url
 * @param {FormData | Record<string, string>} [fields]
 * @returns {Promise<any>}
 */
export async function post(url, fields = {}) {
  const body = fields instanceof FormData ? fields : new URLSearchParams(fields);
  const headers = { Accept: 'application/json', 'X-CSRFToken': csrfToken() };
  return answer(await fetch(url, { method: 'POST', headers, body }));
}

/**
 * @param {string} url
 * @param {object} value
 * @returns {Promise<any>}
 */
export async function postJson(url, value) {
  const headers = { Accept: 'application/json', 'Content-Type': 'application/json', 'X-CSRFToken': csrfToken() };
  return answer(await fetch(url, { method: 'POST', headers, body: JSON.stringify(value) }));
}

/**
 * @param {Response} response
 * @returns {Promise<any>}
 */
async function answer(response) {
  if (response.status === 401) {
    // The session ended while the page was open: log in, then come back here.
    location.assign(`/login?next=${encodeURIComponent(location.pathname + location.search)}`);
    throw new Refused('', 'not_authenticated', 401);
  }
  const type = response.headers.get('Content-Type') || '';
  const told = type.includes('json') ? await response.json() : {};
  if (!response.ok) throw new Refused(told.detail || '', told.code || 'internal', response.status, told.errors);
  return told;
}
