// @ts-check
// Upload: choose or drop several files; each is sent on its own, so one that is refused does not stop the others.

import { fill, part, readFacts } from './facts.js';
import { Refused, getJson } from './server.js';
import { uploadOne } from './upload_one.js';

const AT_ONCE = 2;
const CHECK_EVERY = 2000;
const form = part(document, '[data-upload]');
const texts = readFacts('upload-texts');
const mostBytes = Number(form.dataset.mostBytes);
const results = part(document, '[data-upload-results]');
const counts = { total: 0, stored: 0, ended: 0 };
/** @type {(() => Promise<void>)[]} */
const queue = [];
let running = 0;

/** @param {number} bytes */
function size(bytes) {
  const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 0 });
  return `${number.format(bytes / 1048576)} MB`;
}

/** @param {Iterable<File>} files */
function take(files) {
  for (const file of files) {
    counts.total += 1;
    const row = new Row(file.name);
    if (file.size > mostBytes) row.end(false, fill(texts.too_large, { size: size(mostBytes) }));
    else if (!/\.pdf$/i.test(file.name) && file.type !== 'application/pdf') row.end(false, texts.not_pdf);
    else queue.push(() => send(file, row));
  }
  results.hidden = counts.total === 0;
  summarise();
  pump();
}

function pump() {
  while (running < AT_ONCE && queue.length) {
    const next = /** @type {() => Promise<void>} */ (queue.shift());
    running += 1;
    void next().finally(() => {
      running -= 1;
      pump();
    });
  }
}

function summarise() {
  part(document, '[data-upload-summary]').textContent = fill(texts.summary, counts);
}

class Row {
  /** @param {string} name */
  constructor(name) {
    const template = part(document, '#upload-item');
    if (!(template instanceof HTMLTemplateElement)) throw new Error('no template');
    this.item = /** @type {HTMLElement} */ (part(template.content, 'li').cloneNode(true));
    part(this.item, '[data-name]').textContent = name;
    this.bar = part(this.item, '[data-bar]');
    this.bar.setAttribute('aria-label', fill(texts.progress_of, { name }));
    this.state(texts.waiting, 'grey');
    part(document, '[data-upload-list]').append(this.item);
  }

  /**
   * @param {string} words
   * @param {string} tone
   */
  state(words, tone) {
    const state = part(this.item, '[data-state]');
    state.textContent = words;
    state.className = `state tabular tone-${tone}`;
  }

  /** @param {number} part_ between 0 and 1 */
  sent(part_) {
    const percent = Math.floor(part_ * 100);
    this.state(percent < 100 ? fill(texts.sending, { percent: `${percent}%` }) : texts.checking, 'blue');
    this.bar.setAttribute('aria-valuenow', String(percent));
    part(this.bar, '[data-fill]').style.width = `${percent}%`;
  }

  /** @param {any} told what the server says of a document that is ready */
  stored(told) {
    this.end(true, told.note || '', told.url, told.findings || []);
  }

  /**
   * The check takes long: it goes on at the server, and is asked for again.
   * @param {any} told
   */
  async follow(told) {
    this.sent(1);
    for (let answer = told; ; ) {
      await new Promise((wake) => setTimeout(wake, CHECK_EVERY));
      try {
        answer = await getJson(told.state_url);
      } catch (error) {
        if (!(error instanceof Refused)) continue; // no network for a moment
        return this.end(false, error.message || texts.unknown);
      }
      if (answer.state === 'READY') return this.stored(answer);
    }
  }

  /**
   * @param {boolean} stored
   * @param {string} message
   * @param {string} [url]
   * @param {string[]} [findings]
   */
  end(stored, message, url, findings = []) {
    counts.ended += 1;
    if (stored) counts.stored += 1;
    this.state(stored ? texts.stored : texts.refused, stored ? 'jade' : 'red');
    this.bar.hidden = true;
    const line = part(this.item, '[data-message]');
    line.textContent = message;
    line.hidden = !message;
    line.classList.toggle('failed', !stored);
    const list = part(this.item, '[data-findings]');
    list.hidden = findings.length === 0;
    list.replaceChildren(
      ...findings.map((finding) => {
        const entry = document.createElement('li');
        entry.textContent = finding;
        return entry;
      }),
    );
    if (url) {
      part(this.item, '[data-open]').hidden = false;
      part(this.item, '[data-open] a').setAttribute('href', url);
    }
    summarise();
  }
}

/**
 * @param {File} file
 * @param {Row} row
 */
async function send(file, row) {
  row.sent(0);
  const url = form.getAttribute('action') || '';
  const { status, told } = await uploadOne(url, file, 'application/pdf', (bytes) => row.sent(bytes / file.size));
  if (status === 0) row.end(false, texts.offline);
  else if (status === 202) await row.follow(told);
  else if (status < 300) row.stored(told);
  else if (status === 413 && !told.detail) row.end(false, fill(texts.too_large, { size: size(mostBytes) }));
  else row.end(false, told.detail || texts.unknown);
}

const input = part(document, '#files');
if (input instanceof HTMLInputElement) {
  const chosen = () => {
    take(input.files || []);
    input.value = '';
  };
  input.addEventListener('change', chosen);
  chosen(); // on a slow line, somebody may have chosen before this script arrived
}
form.addEventListener('submit', (event) => event.preventDefault());

const zone = part(document, '[data-drop-zone]');
for (const name of ['dragenter', 'dragover']) {
  zone.addEventListener(name, (event) => {
    event.preventDefault();
    zone.classList.add('over');
  });
}
for (const name of ['dragleave', 'drop']) zone.addEventListener(name, () => zone.classList.remove('over'));
zone.addEventListener('drop', (event) => {
  event.preventDefault();
  if (event instanceof DragEvent && event.dataTransfer) take(event.dataTransfer.files);
});
// A file dropped beside the zone must not replace the page.
for (const name of ['dragover', 'drop']) window.addEventListener(name, (event) => event.preventDefault());
window.addEventListener('beforeunload', (event) => {
  if (counts.ended < counts.total) event.preventDefault();
});
