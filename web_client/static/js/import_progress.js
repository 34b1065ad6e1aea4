// @ts-check
// An import batch: how far its checks are, what was not accepted or never arrived, more files, and all that waits for a signature with one
// click.

import { fill, part, readFacts } from './facts.js';
import { keepSelection } from './selection.js';
import { Refused, getJson } from './server.js';

const ASK_EVERY = 1000;
const LATER = 5000; // once nothing is being checked, only signatures change it
const root = part(document, '[data-import-batch]');
const { facts, urls, texts, most, has_phone: hasPhone, import_batch_id: batchId } = readFacts('import-facts');
const number = new Intl.NumberFormat(document.documentElement.lang);
const sign = part(root, '[data-sign-all]');
let spoken = '';

/** @param {any} now */
function show(now) {
  const done = now.total - now.checking;
  part(root, '[data-bar-count]').textContent = fill(texts.checked, { done: number.format(done), total: number.format(now.total) });
  const bar = part(root, '[data-bar]');
  bar.setAttribute('aria-valuemax', String(now.total));
  bar.setAttribute('aria-valuenow', String(done));
  part(bar, '[data-fill]').style.width = `${now.total ? (100 * done) / now.total : 0}%`;
  for (const figure of ['checking', 'waiting', 'signed', 'refused']) {
    part(root, `[data-figure="${figure}"]`).textContent = number.format(now[figure]);
  }
  part(root, '[data-archive-note]').hidden = now.archives === 0;
  part(root, '[data-skipped-note]').hidden = now.skipped === 0;
  part(root, '[data-skipped-note]').textContent = fill(texts.skipped, { n: number.format(now.skipped) });
  showState(now);
  showRefused(now);
  showMissing(now);
  const why = !hasPhone ? texts.no_phone : now.waiting === 0 ? texts.none : '';
  const words = now.waiting > most ? texts.sign_first : texts.sign_all; // one request holds no more
  sign.textContent = fill(words, { n: number.format(Math.min(now.waiting, most)), total: number.format(now.waiting) });
  sign.setAttribute('aria-disabled', String(why !== ''));
  sign.title = why;
  part(root, '[data-sign-all-note]').textContent = why || (now.settled ? '' : texts.still);
}

/** @param {any} now */
function showState(now) {
  /** @type {[string, string]} */
  let shown = ['empty', 'grey'];
  if (!now.settled) shown = ['checking', 'blue'];
  else if (now.missing) shown = ['incomplete', 'amber'];
  else if (now.waiting) shown = ['ready', 'amber'];
  else if (now.ready && now.signed === now.ready) shown = ['completed', 'jade'];
  else if (now.ready) shown = ['progress', 'blue'];
  const state = part(root, '[data-batch-state]');
  state.textContent = texts[shown[0]];
  state.className = `state tone-${shown[1]}`;
  if (spoken === shown[0]) return;
  spoken = shown[0];
  part(root, '[data-spoken]').textContent = texts[shown[0]];
}

/** @param {any} now */
function showRefused(now) {
  const box = part(document, '[data-refused-box]');
  box.hidden = now.refused_files.length === 0;
  part(box, '[data-refused-title]').textContent = fill(texts.refused, { n: number.format(now.refused) });
  const list = part(box, '[data-refused-list]');
  if (list.childElementCount === now.refused_files.length) return;
  list.replaceChildren(
    ...now.refused_files.map((/** @type {{ name: string, why: string }} */ file) => {
      const line = document.createElement('li');
      const name = document.createElement('strong');
      name.textContent = file.name || texts.archive;
      const why = document.createElement('span');
      why.className = 'muted';
      why.textContent = file.why;
      line.append(name, why);
      return line;
    }),
  );
}

/** @param {any} now */
function showMissing(now) {
  const box = part(document, '[data-missing-box]');
  box.hidden = now.missing === 0;
  part(box, '[data-missing-title]').textContent = fill(texts.missing, { n: number.format(now.missing) });
  const names = [...now.missing_files];
  if (now.missing > names.length) names.push(fill(texts.more, { n: number.format(now.missing - names.length) }));
  const list = part(box, '[data-missing-list]');
  if ([...list.children].map((line) => line.textContent).join('/') === names.join('/')) return;
  list.replaceChildren(
    ...names.map((name) => {
      const line = document.createElement('li');
      line.textContent = name;
      return line;
    }),
  );
}

function openAdding() {
  const box = part(document, '[data-add-box]');
  box.hidden = false;
  box.scrollIntoView({ block: 'nearest' });
  part(box, '#files').focus();
}

async function chooseAll() {
  if (sign.getAttribute('aria-disabled') === 'true') return;
  const problem = part(root, '[data-batch-problem]');
  problem.hidden = true;
  try {
    const { document_ids: ids } = await getJson(urls.waiting);
    keepSelection({ ids, batch: batchId, look: false });
    location.assign(urls.batch);
  } catch (error) {
    problem.textContent = error instanceof Refused && error.message ? error.message : texts.unreachable;
    problem.hidden = false;
  }
}

sign.addEventListener('click', () => void chooseAll());
document.querySelectorAll('[data-add-open]').forEach((button) => button.addEventListener('click', openAdding));
show(facts);
let latest = facts;
const note = document.getElementById('connection-note');

async function ask() {
  try {
    latest = await getJson(urls.progress);
    if (note) note.hidden = true;
    show(latest);
  } catch (error) {
    if (note && !(error instanceof Refused)) note.hidden = false;
  }
  later(latest.settled);
}

let timer = 0;

/** @param {boolean} quiet nothing is under way but what people do */
function later(quiet) {
  clearTimeout(timer);
  timer = window.setTimeout(() => void ask(), quiet ? LATER : ASK_EVERY);
}
document.addEventListener('import-sent', () => later(false));
later(facts.settled);
