// @ts-check
// The result for each document of a request: filtered, read page by page, refreshed while the request is under way.

import { fill, part } from './facts.js';
import { countText } from './panel_steps.js';
import { getJson } from './server.js';

/** @typedef {import('./panel_steps.js').Snapshot} Snapshot */

const REFRESH_EVERY = 2000;

export class Results {
  /**
   * @param {HTMLDetailsElement} root
   * @param {any} texts
   */
  constructor(root, texts) {
    this.root = root;
    this.texts = texts;
    this.show_ = 'all';
    /** @type {number | null} */
    this.next = null;
    this.pagesShown = 1;
    this.url = '';
    /** @type {Snapshot | null} */
    this.snapshot = null;
    /** What the list shows: filter, pages and version of the request; '' when it has to be read. */
    this.loaded = '';
    this.busy = false;
    this.ended = false;
    part(root, '[data-result-more]').addEventListener('click', () => void this.more());
    root.addEventListener('toggle', () => void this.refresh());
    setInterval(() => void this.refresh(), REFRESH_EVERY);
  }

  /**
   * @param {Snapshot} snapshot
   * @param {string} url where pages of results are asked for
   */
  show(snapshot, url) {
    this.url = url;
    this.snapshot = snapshot;
    const single = snapshot.items_total === 1;
    // A single document is named in the title: its line is needed only to say why it failed.
    this.root.hidden = single && !(snapshot.final && snapshot.items_failed > 0);
    this.showFilters(snapshot);
    if (snapshot.final && !this.ended) {
      this.ended = true;
      this.root.open = true;
      if (snapshot.items_failed && snapshot.items_signed) this.choose('failed');
      else void this.refresh();
    }
  }

  /** @param {Snapshot} snapshot */
  showFilters(snapshot) {
    const counts = /** @type {Record<string, number>} */ ({
      all: snapshot.items_total,
      signed: snapshot.items_signed,
      refused: snapshot.items_refused,
      failed: snapshot.items_failed,
      waiting: snapshot.items_total - snapshot.items_signed - snapshot.items_refused - snapshot.items_failed,
    });
    const bar = part(this.root, '[data-result-filters]');
    bar.hidden = snapshot.items_total === 1;
    if (!bar.childElementCount) bar.append(...Object.keys(counts).map((name) => this.filterButton(name)));
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (bar.querySelectorAll('[data-filter]'))) {
      const name = button.dataset.filter || 'all';
      button.textContent = `${this.texts.filters[name]} ${countText(counts[name])}`;
      button.hidden = counts[name] === 0 && name !== 'all' && name !== this.show_;
      button.setAttribute('aria-current', String(name === this.show_));
    }
  }

  /** @param {string} name */
  filterButton(name) {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'pill';
    button.dataset.filter = name;
    button.addEventListener('click', () => this.choose(name));
    return button;
  }

  /** @param {string} name */
  choose(name) {
    this.show_ = name;
    this.pagesShown = 1;
    if (this.snapshot) this.showFilters(this.snapshot);
    void this.refresh();
  }

  /** Reads again what is shown, if anything can have changed and somebody looks. */
  async refresh() {
    const snapshot = this.snapshot;
    if (!snapshot || !this.root.open || this.root.hidden || this.busy || this.loaded === this.wanted()) return;
    const wanted = this.wanted();
    this.busy = true;
    try {
      /** @type {any[]} */
      const lines = [];
      let after = -1;
      for (let page = 0; page < this.pagesShown; page += 1) {
        const told = await this.read(after);
        if (wanted !== this.wanted()) break; // somebody chose another filter meanwhile
        lines.push(...told.documents);
        this.next = told.next;
        if (told.next === null) break;
        after = told.next;
      }
      if (wanted === this.wanted()) {
        this.loaded = wanted;
        this.list().replaceChildren(...lines.map((line) => this.line(line)));
        this.showEnd();
      }
    } catch {
      // The connection note of the page says it; the next turn tries again.
      return;
    } finally {
      this.busy = false;
    }
    if (this.loaded !== this.wanted()) void this.refresh(); // what was asked for while this list was on its way
  }

  /** What the list has to show now. */
  wanted() {
    return `${this.show_} ${this.pagesShown} ${this.snapshot ? this.snapshot.version : ''}`;
  }

  async more() {
    if (this.next === null || this.busy || this.loaded !== this.wanted()) return;
    const wanted = this.wanted();
    this.busy = true;
    try {
      const told = await this.read(this.next);
      if (wanted !== this.wanted()) return; // a line of the filter before, or of an older list
      this.next = told.next;
      this.pagesShown += 1;
      this.loaded = this.wanted();
      this.list().append(...told.documents.map((/** @type {any} */ line) => this.line(line)));
      this.showEnd();
    } catch {
      // The button is still there.
    } finally {
      this.busy = false;
      if (this.loaded !== this.wanted()) void this.refresh();
    }
  }

  /**
   * @param {number} after
   * @returns {Promise<{ documents: any[], next: number | null }>}
   */
  read(after) {
    return getJson(`${this.url}?show=${this.show_}&after=${after}`);
  }

  list() {
    return part(this.root, '[data-result-list]');
  }

  showEnd() {
    part(this.root, '[data-result-more]').hidden = this.next === null;
    this.list().hidden = this.list().childElementCount === 0;
    part(this.root, '[data-result-empty]').hidden = !this.list().hidden;
  }

  /** @param {any} told */
  line(told) {
    const line = document.createElement('li');
    const title = document.createElement('a');
    title.className = 'title';
    title.href = told.document_url;
    title.textContent = told.title;
    const state = document.createElement('span');
    state.className = `state tone-${told.state_tone}`;
    state.textContent = told.state_words;
    line.append(title, state);
    if (told.signed_url) {
      const link = document.createElement('a');
      link.href = told.signed_url;
      link.textContent = this.texts.download;
      link.setAttribute('aria-label', fill('{download}: {title}', { download: this.texts.download, title: told.title }));
      line.append(link);
    }
    if (told.why) {
      const why = document.createElement('span');
      why.className = 'reason';
      why.textContent = told.why;
      line.append(why);
    }
    return line;
  }
}
