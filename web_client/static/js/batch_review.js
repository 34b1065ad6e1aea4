// @ts-check
// The batch screen: look through the chosen documents with arrows, place one stamp for all, one confirm sends one request.
// Of ten thousand documents only those near the shown one are read.

import { BatchDocuments, Gone } from './batch_documents.js';
import { BatchList } from './batch_list.js';
import { fill, part, readFacts } from './facts.js';
import { countText } from './panel_steps.js';
import { forgetSelection, keepSelection, keptSelection } from './selection.js';
import { Refused, postJson } from './server.js';
import { SIZES, StampBox } from './stamp_box.js';

/** @typedef {import('./batch_documents.js').Page} Page */

const facts = readFacts('batch-facts');
const texts = facts.texts;
const selection = keptSelection();
const root = part(document, '[data-batch-review]');
const stage = part(root, '[data-stage]');
const image = /** @type {HTMLImageElement} */ (part(root, '[data-page-image]'));
const stamp = part(root, '[data-stamp]');
const form = /** @type {HTMLFormElement} */ (part(root, '[data-batch-form]'));
const pageChoice = /** @type {HTMLSelectElement} */ (part(form, '[data-stamp-page]'));
const pageNumber = /** @type {HTMLInputElement} */ (part(form, '[data-page-number]'));
const sizeChoice = /** @type {HTMLSelectElement} */ (part(form, '[data-stamp-size]'));
const visible = /** @type {HTMLInputElement} */ (part(form, '[data-stamp-visible]'));
const confirmDialog = /** @type {HTMLDialogElement} */ (part(document, '#batch-dialog'));

const documents = new BatchDocuments(selection ? selection.ids : [], facts.urls.documents, facts.at_once);
let current = 0;
let shownPage = 0;
/** @type {Page[]} */
let pages = [{ number: 1, width: 595, height: 842, url: '' }];
/** The page sizes of the document on which the box was placed; the box itself stays the same for all. */
const box = new StampBox(stamp, stage, () => pages[shownPage], facts.stamp, { moved: showStamp, resized: ownSize });
let placed = false;
const look = Boolean(selection && selection.look);
const list = new BatchList(/** @type {HTMLDialogElement} */ (part(document, '#list-dialog')), documents, texts, {
  turnTo: (index) => void turnTo(index),
  leaveOut: look ? null : leaveOut,
  gone: leaveOut,
});

/** Which page of the shown document carries the stamp, from 0; -1 if it has no such page. */
function stampPage() {
  if (pageChoice.value === 'last') return pages.length - 1;
  const page = pageChoice.value === 'first' ? 0 : Number(pageNumber.value) - 1;
  return page < pages.length ? page : -1;
}

function showStamp() {
  const at = stampPage();
  stamp.hidden = look || !visible.checked || at !== shownPage;
  part(form, '[data-stamp-settings]').hidden = !visible.checked;
  part(form, '[data-page-number-field]').hidden = pageChoice.value !== 'number';
  const limit = part(form, '[data-stamp-limit]');
  limit.hidden = box.reason === '';
  limit.textContent = box.reason === '' ? '' : texts[box.reason];
  const missing = part(form, '[data-missing]');
  missing.textContent = fill(texts.missing, { page: pageNumber.value });
  missing.hidden = at !== -1;
  const page = pages[Math.max(at, 0)];
  const { x, y, width, height } = box.box;
  part(form, '[data-moved]').hidden = at === -1 || (x + width <= page.width && y + height <= page.height);
}

/** @param {number} page from 0 */
function showPage(page) {
  shownPage = Math.min(Math.max(page, 0), pages.length - 1);
  const { width, height, url, number } = pages[shownPage];
  stage.classList.add('loading');
  part(root, '[data-page-message]').hidden = true;
  image.width = Math.round(width);
  image.height = Math.round(height);
  image.alt = fill(texts.alt, { number, title: documents.at(current)?.title || '' });
  image.src = url;
  part(root, '[data-page-place]').textContent = fill(texts.page_place, { page: number, pages: pages.length });
  setDisabled('[data-page-back]', shownPage === 0);
  setDisabled('[data-page-on]', shownPage === pages.length - 1);
  if (!placed) {
    box.toCorner(SIZES[sizeChoice.value] || SIZES.medium);
    placed = true;
  } else box.show();
  showStamp();
}

/**
 * @param {string} selector
 * @param {boolean} disabled
 */
function setDisabled(selector, disabled) {
  /** @type {HTMLButtonElement} */ (part(root, selector)).disabled = disabled;
}

/** @param {number} index */
async function turnTo(index) {
  current = Math.min(Math.max(index, 0), documents.count - 1);
  const wanted = current;
  part(root, '[data-document-place]').textContent = fill(texts.place, { number: countText(current + 1), total: countText(documents.count) });
  setDisabled('[data-document-back]', current === 0);
  setDisabled('[data-document-on]', current === documents.count - 1);
  stage.classList.add('loading');
  try {
    const document_ = await documents.load(wanted);
    const found = await documents.pagesOf(wanted);
    if (wanted !== current) return; // somebody turned on meanwhile
    pages = found;
    const title = part(root, '[data-document-title]');
    title.textContent = document_.title;
    title.setAttribute('href', document_.url);
    const facts_ = pages.length === 1 ? texts.facts_one : texts.facts;
    part(root, '[data-document-facts]').textContent = fill(facts_, { code: document_.code, pages: pages.length });
    const spoken = { number: wanted + 1, total: documents.count, title: document_.title };
    part(root, '[data-spoken]').textContent = fill(texts.spoken, spoken);
    showPage(look ? 0 : Math.max(stampPage(), 0));
    void documents.preload(wanted + 1, () => Math.max(stampPage(), 0));
  } catch (error) {
    // An old choice, or another person's who used this tab before: what this one can't see is no part of it.
    if (error instanceof Gone) leaveOut(error.ids);
    else if (wanted === current) broken();
  }
}

function broken() {
  const message = part(root, '[data-page-message]');
  message.textContent = texts.broken;
  message.hidden = false;
}

function showCounts() {
  const n = countText(documents.count);
  root.hidden = documents.count === 0;
  part(document, '[data-batch-empty]').hidden = documents.count !== 0;
  part(document, '[data-open-list]').textContent = fill(texts.open_list, { n });
  part(form, '[data-confirm-label]').textContent = documents.count === 1 ? texts.confirm_one : fill(texts.confirm, { n });
  part(document, '[data-list-title]').textContent = fill(texts.list_title, { n });
  if (look) part(document, '[data-batch-title]').textContent = fill(texts.title_look, { n });
}

/** @param {string[]} ids */
function leaveOut(ids) {
  documents.remove(ids);
  if (documents.count === 0) forgetSelection();
  else keepSelection({ ids: documents.ids, batch: selection ? selection.batch : null, look, seenAt: selection?.seenAt });
  hideProblem();
  showCounts();
  if (documents.count) void turnTo(current);
}

// -- asking --------------------------------------------------------------------------------------------------------------

function hideProblem() {
  part(form, '[data-batch-problem]').hidden = true;
}

/** @param {unknown} error */
function showProblem(error) {
  const refused = error instanceof Refused && error.message ? error : null;
  part(form, '[data-problem-text]').textContent = refused ? refused.message : texts.unreachable;
  const ids = refused ? refused.documents : [];
  const offered = part(form, '[data-leave-out]');
  offered.hidden = ids.length === 0 || ids.length === documents.count;
  const button = part(offered, '[data-leave-out-now]');
  button.textContent = fill(texts.leave_out, { n: countText(ids.length) });
  button.onclick = () => leaveOut(ids);
  part(form, '[data-batch-problem]').hidden = false;
  part(form, '[data-batch-problem]').scrollIntoView({ block: 'nearest' });
}

function wish() {
  const batch = selection ? selection.batch : null;
  return { document_ids: documents.ids, import_batch_id: batch, seen_at: selection ? selection.seenAt : null };
}

async function askToConfirm() {
  hideProblem();
  try {
    const told = await postJson(facts.urls.check, wish());
    part(confirmDialog, '[data-confirm-count]').textContent = countText(told.documents);
    part(confirmDialog, '[data-confirm-pages]').textContent = countText(told.pages);
    confirmDialog.showModal();
  } catch (error) {
    showProblem(error);
  }
}

async function sign() {
  const button = part(confirmDialog, '[data-sign-now]');
  if (button.getAttribute('aria-disabled') === 'true') return;
  button.setAttribute('aria-disabled', 'true');
  const page = pageChoice.value === 'number' ? Number(pageNumber.value) - 1 : pageChoice.value;
  const placement = visible.checked ? { page, ...box.sides() } : null;
  try {
    const { url } = await postJson(facts.urls.sign, { ...wish(), placement });
    forgetSelection();
    location.assign(url);
  } catch (error) {
    confirmDialog.close();
    showProblem(error);
    button.removeAttribute('aria-disabled');
  }
}

function ownSize() {
  const option = sizeChoice.querySelector('option[value="own"]');
  if (option instanceof HTMLOptionElement) option.hidden = false;
  sizeChoice.value = 'own';
}

/** @param {KeyboardEvent} event */
function press(event) {
  if (event.target instanceof Element && event.target.closest('input, select, textarea, dialog')) return;
  if (event.ctrlKey || event.altKey || event.metaKey || event.defaultPrevented) return;
  const moves = /** @type {Record<string, () => void>} */ ({
    ArrowLeft: () => void turnTo(current - 1),
    ArrowRight: () => void turnTo(current + 1),
    Home: () => void turnTo(0),
    End: () => void turnTo(documents.count - 1),
    PageUp: () => showPage(shownPage - 1),
    PageDown: () => showPage(shownPage + 1),
  });
  if (!moves[event.key]) return;
  event.preventDefault();
  moves[event.key]();
}

/**
 * @param {string} selector
 * @param {() => void} act
 */
function onClick(selector, act) {
  part(document, selector).addEventListener('click', act);
}

function placeAnew() {
  hideProblem();
  showPage(Math.max(stampPage(), 0));
}

onClick('[data-document-back]', () => void turnTo(current - 1));
onClick('[data-document-on]', () => void turnTo(current + 1));
onClick('[data-page-back]', () => showPage(shownPage - 1));
onClick('[data-page-on]', () => showPage(shownPage + 1));
onClick('[data-open-list]', () => list.open());
onClick('[data-sign-now]', () => void sign());
document.addEventListener('keydown', press);
image.addEventListener('load', () => stage.classList.remove('loading'));
image.addEventListener('error', broken);
visible.addEventListener('change', showStamp);
pageChoice.addEventListener('change', placeAnew);
pageNumber.addEventListener('input', placeAnew);
sizeChoice.addEventListener('change', () => {
  const size = SIZES[sizeChoice.value];
  if (size) box.resize(...size);
});
form.addEventListener('submit', (event) => {
  event.preventDefault();
  void askToConfirm();
});

showCounts();
form.hidden = look;
if (selection) {
  void turnTo(0).then(() => {
    const batch = selection.batch ? documents.at(0)?.batch_name : null;
    const scope = batch ? fill(texts.by_batch, { batch }) : texts.across;
    part(document, '[data-batch-scope]').textContent = look || !documents.count ? '' : scope;
  });
}
