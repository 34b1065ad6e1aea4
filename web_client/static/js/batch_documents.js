// @ts-check
// The chosen documents of the batch screen: titles read in groups, page sizes one document at a time, both kept.

import { getJson, postJson } from './server.js';

/**
 * @typedef {{ document_id: string, title: string, code: string, pages: number, batch_name: string | null, url: string,
 *   pages_url: string }} BatchDocument
 * @typedef {{ number: number, width: number, height: number, url: string }} Page sizes in points, as the page is shown
 */

/** The server shows this person no such documents. */
export class Gone extends Error {
  /** @param {string[]} ids */
  constructor(ids) {
    super(`The server knows no documents ${ids.join(', ')}`);
    this.ids = ids;
  }
}

export class BatchDocuments {
  /**
   * @param {string[]} ids
   * @param {string} url where details are asked for
   * @param {number} atOnce how many at a time
   */
  constructor(ids, url, atOnce) {
    this.ids = [...ids];
    this.url = url;
    this.atOnce = atOnce;
    /** @type {Map<string, BatchDocument>} */
    this.known = new Map();
    /** @type {Map<string, Promise<Page[]>>} */
    this.pages = new Map();
  }

  get count() {
    return this.ids.length;
  }

  /**
   * @param {number} index
   * @returns {BatchDocument | undefined} what is known already
   */
  at(index) {
    return this.known.get(this.ids[index]);
  }

  /**
   * @param {number} index
   * @returns {Promise<BatchDocument>}
   */
  async load(index) {
    const id = this.ids[index];
    if (!this.known.has(id)) {
      const first = index - (index % this.atOnce);
      const asked = this.ids.slice(first, first + this.atOnce);
      const { documents } = await postJson(this.url, { document_ids: asked });
      for (const found of documents) this.known.set(found.document_id, found);
      const gone = asked.filter((one) => !this.known.has(one));
      if (gone.length) throw new Gone(gone);
    }
    return /** @type {BatchDocument} */ (this.known.get(id));
  }

  /**
   * @param {number} index
   * @returns {Promise<Page[]>}
   */
  async pagesOf(index) {
    const { document_id: id, pages_url: url } = await this.load(index);
    const known = this.pages.get(id);
    if (known) return known;
    const asked = getJson(url).then((told) => told.pages);
    this.pages.set(id, asked);
    asked.catch(() => this.pages.delete(id));
    return asked;
  }

  /**
   * Fetches the picture that is probably looked at next.
   * @param {number} index
   * @param {() => number} page
   */
  async preload(index, page) {
    if (index >= this.count) return;
    try {
      const pages = await this.pagesOf(index);
      new Image().src = pages[Math.min(page(), pages.length - 1)].url;
    } catch {
      // It is asked for again when somebody turns to it.
    }
  }

  /** @param {string[]} ids */
  remove(ids) {
    const out = new Set(ids);
    this.ids = this.ids.filter((id) => !out.has(id));
  }
}
