// @ts-check
// The list of the chosen documents: a dialog that leads to each of them, and lets single ones be left out.

import { Gone } from './batch_documents.js';
import { fill, part } from './facts.js';

/** @typedef {import('./batch_documents.js').BatchDocument} BatchDocument */

export class BatchList {
  /**
   * @param {HTMLDialogElement} dialog
   * @param {import('./batch_documents.js').BatchDocuments} documents
   * @param {any} texts
   * @param {{ turnTo: (index: number) => void, leaveOut: ((ids: string[]) => void) | null,
   *   gone: (ids: string[]) => void }} tell
   */
  constructor(dialog, documents, texts, tell) {
    this.dialog = dialog;
    this.documents = documents;
    this.texts = texts;
    this.tell = tell;
    this.listed = 0;
    part(dialog, '[data-list-more]').addEventListener('click', () => void this.more());
  }

  open() {
    part(this.dialog, '[data-list]').replaceChildren();
    this.listed = 0;
    this.dialog.showModal();
    void this.more();
  }

  /** The next ones, as many as are read at once. */
  async more() {
    const { documents } = this;
    const list = part(this.dialog, '[data-list]');
    const wanted = this.listed + documents.atOnce;
    try {
      for (; this.listed < Math.min(wanted, documents.count); this.listed += 1) list.append(this.line(await documents.load(this.listed)));
    } catch (error) {
      if (error instanceof Gone) {
        this.tell.gone(error.ids);
        return void this.more();
      }
      // The button below asks again.
    }
    part(this.dialog, '[data-list-more]').hidden = this.listed >= documents.count;
  }

  /** @param {BatchDocument} found */
  line(found) {
    const line = document.createElement('li');
    const open = document.createElement('button');
    open.type = 'button';
    open.className = 'chosen-open';
    open.textContent = found.title;
    open.addEventListener('click', () => {
      this.dialog.close();
      this.tell.turnTo(this.documents.ids.indexOf(found.document_id));
    });
    const code = document.createElement('span');
    code.className = 'muted small-text tabular';
    code.textContent = fill(found.pages === 1 ? this.texts.facts_one : this.texts.facts, { code: found.code, pages: found.pages });
    line.append(open, code);
    if (this.tell.leaveOut && this.documents.count > 1) line.append(this.outButton(found, line));
    return line;
  }

  /**
   * @param {BatchDocument} found
   * @param {HTMLElement} line
   */
  outButton(found, line) {
    const out = document.createElement('button');
    out.type = 'button';
    out.className = 'close-button';
    out.textContent = '×';
    out.title = fill(this.texts.leave_out_one, { title: found.title });
    out.setAttribute('aria-label', out.title);
    out.addEventListener('click', () => {
      this.tell.leaveOut?.([found.document_id]);
      line.remove();
      this.listed -= 1;
      if (this.documents.count === 0) this.dialog.close();
    });
    return out;
  }
}
