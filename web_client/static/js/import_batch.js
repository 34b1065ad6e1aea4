// @ts-check
// Importing a batch, or adding to one that is there: many PDFs or ZIP archives, at most four on their way at once, each with its own answer.
// The server is told first what will come, so that it can say what never came. What failed can be sent again; what has arrived is not sent
// twice: of files for a batch that is there, the server is asked whether it has them.

import { clockFace } from './clock.js';
import { part, fill, readFacts } from './facts.js';
import { Chosen, digestOf } from './import_file.js';
import { Rate } from './rate.js';
import { Refused, postJson } from './server.js';
import { uploadOne } from './upload_one.js';

const AT_ONCE = 4;
const NAMED_AT_ONCE = 500;
const ROWS_SHOWN = 200; // lines that wait; those that failed or are being sent are always shown
const form = /** @type {HTMLFormElement} */ (part(document, '[data-import]'));
const texts = readFacts('import-texts');
const most = {
  bytes: Number(form.dataset.mostBytes),
  archive: Number(form.dataset.mostArchiveBytes),
  files: Number(form.dataset.mostFiles),
};
const name = /** @type {HTMLInputElement | null} */ (form.querySelector('[data-batch-name]'));
const send = part(form, '[data-import-send]');
const list = part(form, '[data-upload-list]');
const problem = part(form, '[data-import-problem]');

/** @type {Chosen[]} */
let chosen = [];
/** @typedef {{ url: string, expected_url: string, known_url: string, documents_url: string, archive_url: string }} Target */
/** @type {Target | null} */
let batch = readFacts('import-target');
const adding = Boolean(batch); // to a batch that is there
let started = false;
let starting = false;
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
    const one = new Chosen(file, list, texts);
    chosen.push(one);
    if (chosen.length <= ROWS_SHOWN) one.draw();
    const limit = one.archive ? most.archive : most.bytes;
    if (!one.archive && !/\.pdf$/i.test(file.name) && file.type !== 'application/pdf') one.becomes('refused', texts.not_pdf);
    else if (file.size > limit) one.becomes('refused', fill(texts.too_large, { size: size(limit) }));
  }
  for (const one of chosen) one.crowded = chosen.length > ROWS_SHOWN;
  say(left ? fill(texts.too_many, { most: most.files }) : '');
  if (started) void start();
  show();
}

/** @param {string} sentence */
function say(sentence) {
  problem.textContent = sentence;
  problem.hidden = !sentence;
}

/** @param {import('./import_file.js').State} state */
const inState = (state) => chosen.filter((one) => one.state === state);

function show() {
  const total = chosen.length;
  const wanted = chosen.filter((one) => one.state !== 'refused');
  const bytes = wanted.reduce((sum, one) => sum + one.file.size, 0);
  const sent = wanted.reduce((sum, one) => sum + one.sent, 0);
  const known = inState('known').length;
  const stored = inState('stored').length + known;
  const failed = inState('failed').length;
  const numbers = { n: total, done: stored, total: wanted.length, size: size(bytes), known };
  part(form, '[data-import-progress]').hidden = total === 0;
  const label = fill(!started ? texts.chosen : running || starting ? texts.sending : texts.sent, numbers);
  part(form, '[data-import-label]').textContent = known ? `${label} · ${fill(texts.known_n, numbers)}` : label;
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
  const ready = name?.value.trim() !== '' && wanted > 0 && !running && !starting;
  send.setAttribute('aria-disabled', String(!ready));
  send.title = ready || running || starting ? '' : texts.not_ready;
  send.textContent = failed && !running ? fill(texts.retry, { n: failed }) : wanted ? fill(texts.import_n, { n: wanted }) : texts.import;
  part(form, '[data-import-clear]').hidden = started || chosen.length === 0;
  const waits = inState('waiting').length > 0;
  send.hidden = started && !running && !failed && !waits;
  const open = part(form, '[data-import-open]');
  open.hidden = adding || !(batch && stored && !running && !waits);
  open.className = `btn ${failed ? 'btn-quiet' : 'btn-primary'}`;
  if (batch) open.setAttribute('href', batch.url);
  if (name) name.readOnly = Boolean(batch);
}

async function press() {
  if (send.getAttribute('aria-disabled') === 'true') return void (name?.value.trim() || name?.focus());
  say('');
  for (const one of inState('failed')) one.becomes('waiting');
  rate.reset();
  await start();
}

/** Makes the batch if it is not there, says what will come, and begins to send. */
async function start() {
  if (starting) return;
  starting = true;
  show();
  try {
    batch ||= /** @type {Target} */ (await postJson(form.getAttribute('action') || '', { name: name?.value }));
    await announce(batch);
    started = true;
  } catch (error) {
    return say(error instanceof Refused && error.message ? error.message : texts.unknown);
  } finally {
    starting = false;
    show();
  }
  pump();
}

/** @param {Target} target */
async function announce(target) {
  for (;;) {
    const coming = chosen.filter((one) => one.state === 'waiting' && !one.announced).slice(0, NAMED_AT_ONCE);
    if (!coming.length) return;
    await postJson(target.expected_url, { files: coming.map((one) => [one.file.name, one.file.size]) });
    for (const one of coming) one.announced = true;
  }
}

function pump() {
  const waiting = inState('waiting').filter((one) => one.announced);
  while (running < AT_ONCE && waiting.length) {
    running += 1;
    void sendOne(/** @type {Chosen} */ (waiting.shift())).finally(() => {
      running -= 1;
      pump();
    });
  }
  show();
  if (!running && !starting && started) end();
}

/** @param {Chosen} one */
async function sendOne(one) {
  one.becomes('sending');
  const target = /** @type {Target} */ (batch);
  if (adding && !one.archive && (await isThere(target, one))) return one.becomes(one.tries > 1 ? 'stored' : 'known');
  const [url, type] = one.archive ? [target.archive_url, 'application/zip'] : [target.documents_url, 'application/pdf'];
  const { status, told } = await uploadOne(url, one.file, type, (bytes) => one.progress(bytes));
  // On a second try, what is there may be what the first one left: its answer got lost.
  if (status >= 200 && status < 300) return one.becomes(told.known && one.tries === 1 ? 'known' : 'stored');
  // What the server looked at and refused will be refused again; all else is worth another try.
  const final = status === 413 || status === 422 || status === 400;
  return one.becomes(final ? 'refused' : 'failed', told.detail || (status ? texts.unknown : texts.offline));
}

/**
 * @param {Target} target
 * @param {Chosen} one
 * @returns {Promise<boolean>} false too when nobody can tell: then it is sent, and the server compares
 */
async function isThere(target, one) {
  const sha256 = await digestOf(one.file);
  if (!sha256) return false;
  try {
    return (await postJson(target.known_url, { name: one.file.name, length: one.file.size, sha256 })).known;
  } catch {
    return false;
  }
}

function end() {
  const target = /** @type {Target} */ (batch);
  const failed = inState('failed').length;
  const label = part(form, '[data-import-label]').textContent || '';
  part(form, '[data-import-spoken]').textContent = label;
  document.dispatchEvent(new Event('import-sent'));
  if (failed) return say(fill(texts.failed_some, { n: failed }));
  // Refused files, and what was there already, are listed here only: stay, so that it can be read.
  if (!adding && inState('refused').length + inState('known').length === 0) location.assign(target.url);
}

const input = /** @type {HTMLInputElement} */ (part(document, '#files'));
const chooseFiles = () => {
  take(input.files || []);
  input.value = '';
};
input.addEventListener('change', chooseFiles);
chooseFiles(); // on a slow line, somebody may have chosen before this script arrived
name?.addEventListener('input', show);
part(form, '[data-import-clear]').addEventListener('click', () => {
  for (const one of chosen) one.undraw();
  chosen = [];
  say('');
  show();
});
form.addEventListener('submit', (event) => {
  event.preventDefault();
  void press();
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
