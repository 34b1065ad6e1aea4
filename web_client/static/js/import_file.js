// @ts-check
// One file of an import: its state, how much of it has left, and its line in the list.

import { fill, part } from './facts.js';

const HASHED_UP_TO = 64 << 20; // bytes; a larger file is sent and compared by the server, rather than read into memory

/** @typedef {'waiting' | 'sending' | 'stored' | 'known' | 'failed' | 'refused'} State */

export class Chosen {
  /**
   * @param {File} file
   * @param {HTMLElement} list where its line goes
   * @param {Record<string, string>} texts
   */
  constructor(file, list, texts) {
    this.file = file;
    this.list = list;
    this.texts = texts;
    this.archive = /\.zip$/i.test(file.name) || /zip/.test(file.type);
    /** @type {State} */
    this.state = 'waiting';
    this.sent = 0;
    this.tries = 0;
    this.announced = false; // the server knows that it is coming
    this.crowded = false; // there are too many files for a line each
    /** @type {HTMLElement | null} */
    this.row = null;
  }

  /**
   * @param {State} state
   * @param {string} [message]
   */
  becomes(state, message = '') {
    this.state = state;
    this.sent = state === 'stored' || state === 'known' ? this.file.size : 0;
    if (state === 'sending') this.tries += 1;
    if (state === 'failed' || state === 'refused' || state === 'sending') this.draw();
    if (!this.row) return;
    const tones = { waiting: 'grey', sending: 'blue', stored: 'jade', known: 'grey', failed: 'amber', refused: 'red' };
    const words = part(this.row, '[data-state]');
    words.textContent = state === 'sending' ? fill(this.texts.file_sending, { percent: '0%' }) : this.texts[state];
    words.className = `state tabular tone-${tones[state]}`;
    const line = part(this.row, '[data-message]');
    line.textContent = message;
    line.hidden = !message;
    line.classList.toggle('failed', state === 'failed' || state === 'refused');
    part(this.row, '[data-bar]').hidden = state !== 'sending';
    if ((state === 'stored' || state === 'known') && this.crowded) this.undraw();
  }

  draw() {
    if (this.row) return;
    const template = /** @type {HTMLTemplateElement} */ (part(document, '#upload-item'));
    this.row = /** @type {HTMLElement} */ (part(template.content, 'li').cloneNode(true));
    part(this.row, '[data-name]').textContent = this.file.name;
    part(this.row, '[data-bar]').setAttribute('aria-label', fill(this.texts.progress_of, { name: this.file.name }));
    part(this.row, '[data-state]').textContent = this.texts[this.state];
    part(this.row, '[data-state]').className = 'state tone-grey';
    this.list.append(this.row);
  }

  undraw() {
    this.row?.remove();
    this.row = null;
  }

  /** @param {number} bytes */
  progress(bytes) {
    this.sent = Math.min(bytes, this.file.size);
    if (!this.row) return;
    const percent = this.file.size ? Math.floor((100 * this.sent) / this.file.size) : 100;
    const words = percent < 100 ? fill(this.texts.file_sending, { percent: `${percent}%` }) : this.texts.storing;
    part(this.row, '[data-state]').textContent = words;
    part(this.row, '[data-fill]').style.width = `${percent}%`;
    part(this.row, '[data-bar]').setAttribute('aria-valuenow', String(percent));
  }
}

/**
 * SHA-256 of a file, to ask whether it is there already.
 * @param {File} file
 * @returns {Promise<string>} hex; empty when this page can't tell (no secure context, a large file, one that can't be read)
 */
export async function digestOf(file) {
  if (!window.crypto?.subtle || file.size > HASHED_UP_TO) return '';
  try {
    const digest = await crypto.subtle.digest('SHA-256', await file.arrayBuffer());
    return [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
  } catch {
    return '';
  }
}
