// @ts-check
// Importing a batch: many PDFs or ZIP archives, at most four on their way at once, each with its own answer. What failed can be sent
// again; what has arrived is not sent twice.

import { clockFace } from './clock.js';
import { part, fill, readFacts } from './facts.js';
import { Rate } from './rate.js';
import { Refused, postJson } from './server.js';
import { uploadOne } from './upload_one.js';

const AT_ONCE = 4;
const ROWS_SHOWN = 200; // lines that wait; those that failed or are being sent are always shown
const form = /** @type {HTMLFormElement} */ (part(document, '[data-import]'));
const texts = readFacts('import-texts');
const most = {
  bytes: Number(form.dataset.mostBytes),
  archive: Number(form.dataset.mostArchiveBytes),
  files: Number(form.dataset.mostFiles),
};
const name = /** @type {HTMLInputElement} */ (part(form, '[data-batch-name]'));
const send = part(form, '[data-import-send]');
const list = part(form, '[data-upload-list]');
const problem = part(form, '[data-import-problem]');

/** @typedef {'waiting' | 'sending' | 'stored' | 'failed' | 'refused'} State */

class Chosen {
  /** @param {File} file */
  constructor(file) {
    this.file = file;
    this.archive = /\.zip$/i.test(file.name) || /zip/.test(file.type);
    /** @type {State} */
    this.state = 'waiting';
    this.sent = 0;
    /** @type {HTMLElement | null} */
    this.row = null;
  }

  /**
   * @param {State} state
   * @param {string} [message]
   */
  becomes(state, message = '') {
    this.state = state;
    this.sent = state === 'stored' ? this.file.size : 0;
    if (state === 'failed' || state === 'refused' || state === 'sending') this.draw();
    if (!this.row) return;
    const tones = { waiting: 'grey', sending: 'blue', stored: 'jade', failed: 'amber', refused: 'red' };
    const words = part(this.row, '[data-state]');
    words.textContent = state === 'sending' ? fill(texts.file_sending, { percent: '0%' }) : texts[state];
    words.className = `state tabular tone-${tones[state]}`;
    const line = part(this.row, '[data-message]');
    line.textContent = message;
    line.hidden = !message;
    line.classList.toggle('failed', state === 'failed' || state === 'refused');
    part(this.row, '[data-bar]').hidden = state !== 'sending';
    if (state === 'stored' && chosen.length > ROWS_SHOWN) this.undraw();
  }

  draw() {
    if (this.row) return;
    const template = /** @type {HTMLTemplateElement} */ (part(document, '#upload-item'));
    this.row = /** @type {HTMLElement} */ (part(template.content, 'li').cloneNode(true));
    part(this.row, '[data-name]').textContent = this.file.name;
    part(this.row, '[data-bar]').setAttribute('aria-label', fill(texts.progress_of, { name: this.file.name }));
    part(this.row, '[data-state]').textContent = texts[this.state];
    part(this.row, '[data-state]').className = 'state tone-grey';
    list.append(this.row);
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
    const words = percent < 100 ? fill(texts.file_sending, { percent: `${percent}%` }) : texts.storing;
    part(this.row, '[data-state]').textContent = words;
    part(this.row, '[data-fill]').style.width = `${percent}%`;
    part(this.row, '[data-bar]').setAttribute('aria-valuenow', String(percent));
  }
}

/** @type {Chosen[]} */
let chosen = [];
/** @type {{ url: string, documents_url: string, archive_url: string } | null} */
let batch = null;
let running = 0;
const rate = new Rate();

/** @param {number} bytes */
function size(bytes) {
  const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: bytes < 1e7 ? 1 : 0 });
  return `${number.format(Math.max(bytes / 1048576, 0.1))} MB`;
}

/** @param {Iterable<File>} files */
function take(files) {
  let left = 0;
  for (const file of files) {
    if (chosen.length >= most.files) {
      left += 1;
      continue;
    }
    const one = new Chosen(file);
    chosen.push(one);
    if (chosen.length <= ROWS_SHOWN) one.draw();
    const limit = one.archive ? most.archive : most.bytes;
    if (!one.archive && !/\.pdf$/i.test(file.name) && file.type !== 'application/pdf') one.becomes('refused', texts.not_pdf);
    else if (file.size > limit) one.becomes('refused', fill(texts.too_large, { size: size(limit) }));
  }
  say(left ? fill(texts.too_many, { most: most.files }) : '');
  if (batch) pump();
  show();
}

/** @param {string} sentence */
function say(sentence) {
  problem.textContent = sentence;
  problem.hidden = !sentence;
}

/** @param {State} state */
const inState = (state) => chosen.filter((one) => one.state === state);

function show() {
  const total = chosen.length;
  const wanted = chosen.filter((one) => one.state !== 'refused');
  const bytes = wanted.reduce((sum, one) => sum + one.file.size, 0);
  const sent = wanted.reduce((sum, one) => sum + one.sent, 0);
  const stored = inState('stored').length;
  const failed = inState('failed').length;
  const numbers = { n: total, done: stored, total: wanted.length, size: size(bytes) };
  part(form, '[data-import-progress]').hidden = total === 0;
  const started = Boolean(batch);
  const label = fill(!started ? texts.chosen : running ? texts.sending : texts.sent, numbers);
  part(form, '[data-import-label]').textContent = label;
  const percent = bytes ? Math.floor((100 * sent) / bytes) : 0;
  const left = rate.left(bytes);
  const share = { percent: `${percent}%`, left: left === null ? '–' : clockFace(left) };
  const count = !started ? fill(texts.size, numbers) : running && left !== null ? fill(texts.percent, share) : `${percent}%`;
  part(form, '[data-import-count]').textContent = count;
  const bar = part(form, '[data-import-progress] > [data-bar]');
  bar.setAttribute('aria-valuenow', String(percent));
  part(bar, '[data-fill]').style.width = `${percent}%`;
  const hidden = total - list.children.length;
  part(form, '[data-import-more]').hidden = hidden <= 0;
  part(form, '[data-import-more]').textContent = fill(texts.more, { n: hidden });
  showActions(wanted.length, failed, stored);
}

/**
 * @param {number} wanted
 * @param {number} failed
 * @param {number} stored
 */
function showActions(wanted, failed, stored) {
  const ready = name.value.trim() !== '' && wanted > 0 && !running;
  send.setAttribute('aria-disabled', String(!ready));
  send.title = ready ? '' : running ? '' : texts.not_ready;
  send.textContent = failed && !running ? fill(texts.retry, { n: failed }) : wanted ? fill(texts.import_n, { n: wanted }) : texts.import;
  part(form, '[data-import-clear]').hidden = Boolean(batch) || chosen.length === 0;
  const waits = inState('waiting').length > 0;
  send.hidden = Boolean(batch) && !running && !failed && !waits;
  const open = part(form, '[data-import-open]');
  open.hidden = !(batch && stored && !running && !waits);
  open.className = `btn ${failed ? 'btn-quiet' : 'btn-primary'}`;
  if (batch) open.setAttribute('href', batch.url);
  name.readOnly = Boolean(batch);
}

async function start() {
  if (send.getAttribute('aria-disabled') === 'true') return void (name.value.trim() || name.focus());
  say('');
  send.setAttribute('aria-disabled', 'true');
  try {
    batch ||= await postJson(form.getAttribute('action') || '', { name: name.value });
  } catch (error) {
    say(error instanceof Refused && error.message ? error.message : texts.unknown);
    return show();
  }
  for (const one of inState('failed')) one.becomes('waiting');
  rate.reset();
  pump();
}

function pump() {
  const waiting = inState('waiting');
  while (running < AT_ONCE && waiting.length) {
    running += 1;
    void sendOne(/** @type {Chosen} */ (waiting.shift())).finally(() => {
      running -= 1;
      pump();
    });
  }
  show();
  if (!running && batch) end();
}

/** @param {Chosen} one */
async function sendOne(one) {
  one.becomes('sending');
  const target = /** @type {NonNullable<typeof batch>} */ (batch);
  const [url, type] = one.archive ? [target.archive_url, 'application/zip'] : [target.documents_url, 'application/pdf'];
  const { status, told } = await uploadOne(url, one.file, type, (bytes) => one.progress(bytes));
  if (status >= 200 && status < 300) return one.becomes('stored');
  // What the server looked at and refused will be refused again; all else is worth another try.
  const final = status === 413 || status === 422 || status === 400;
  return one.becomes(final ? 'refused' : 'failed', told.detail || (status ? texts.unknown : texts.offline));
}

function end() {
  const target = /** @type {NonNullable<typeof batch>} */ (batch);
  const failed = inState('failed').length;
  const label = part(form, '[data-import-label]').textContent || '';
  part(form, '[data-import-spoken]').textContent = label;
  if (failed) return say(fill(texts.failed_some, { n: failed }));
  // Refused files are listed here only: stay, so that they can be read.
  if (inState('refused').length === 0) location.assign(target.url);
}

const input = /** @type {HTMLInputElement} */ (part(document, '#files'));
const chooseFiles = () => {
  take(input.files || []);
  input.value = '';
};
input.addEventListener('change', chooseFiles);
chooseFiles(); // on a slow line, somebody may have chosen before this script arrived
name.addEventListener('input', show);
part(form, '[data-import-clear]').addEventListener('click', () => {
  for (const one of chosen) one.undraw();
  chosen = [];
  say('');
  show();
});
form.addEventListener('submit', (event) => {
  event.preventDefault();
  void start();
});
const zone = part(form, '[data-drop-zone]');
for (const kind of ['dragenter', 'dragover']) {
  zone.addEventListener(kind, (event) => {
    event.preventDefault();
    zone.classList.add('over');
  });
}
for (const kind of ['dragleave', 'drop']) zone.addEventListener(kind, () => zone.classList.remove('over'));
zone.addEventListener('drop', (event) => {
  event.preventDefault();
  if (event instanceof DragEvent && event.dataTransfer) take(event.dataTransfer.files);
});
// A file dropped beside the zone must not replace the page.
for (const kind of ['dragover', 'drop']) window.addEventListener(kind, (event) => event.preventDefault());
window.addEventListener('beforeunload', (event) => {
  if (running) event.preventDefault();
});
setInterval(() => {
  if (!running) return;
  rate.add(chosen.reduce((sum, one) => sum + one.sent, 0), performance.now());
  show();
}, 500);
