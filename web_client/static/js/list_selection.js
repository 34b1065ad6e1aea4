// @ts-check
// Choosing documents in the list. The bar docks at the bottom, counts, says what the chosen ones have in common and why a
// button is grey. Whether they may go into one request is the server's word: what is in the way is marked in its row. A list
// of all that wait for a signature may be chosen whole, with the pages that are not shown.

import { fill, part, readFacts } from './facts.js';
import { countText } from './panel_steps.js';
import { keepSelection } from './selection.js';
import { Refused, getJson, postJson } from './server.js';

const form = document.querySelector('[data-selection]');
const texts = readFacts('selection-texts');
const urls = readFacts('selection-urls');
if (form instanceof HTMLFormElement && texts) watchSelection(form);

/** @param {HTMLFormElement} form */
function watchSelection(form) {
  const most = Number(form.dataset.most);
  const dock = part(document, '#selection-dock');
  const all = /** @type {HTMLInputElement} */ (part(form, '[data-select-all]'));
  const boxes = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll('[data-select]')]);
  const sign = /** @type {HTMLButtonElement} */ (part(dock, '[data-dock-sign]'));
  const note = part(dock, '[data-dock-note]');
  const byBatch = /** @type {HTMLInputElement} */ (part(dock, '[data-by-batch]'));
  let batchChosen = false; // by the person, not by us
  let refusal = '';
  /** @type {string[] | null} all that wait, on every page of the list; null while only ticks count */
  let every = null;
  const everyButton = part(dock, '[data-dock-every]');
  const everyCount = Number(form.dataset.every);

  const selected = () => boxes.filter((box) => box.checked);
  const batchesOf = (/** @type {HTMLInputElement[]} */ chosen) => [...new Set(chosen.map((box) => box.dataset.batch || ''))];

  /** @param {HTMLInputElement[]} chosen */
  function whyNot(chosen) {
    if (texts.no_phone) return texts.no_phone;
    if (new Set(chosen.map((box) => box.dataset.right)).size > 1) return texts.other_right;
    if (chosen.some((box) => box.dataset.signable !== 'yes')) return texts.not_signable;
    if (chosen.length > most) return fill(texts.too_many, { most: countText(most) });
    return '';
  }

  /** @param {HTMLInputElement[]} chosen */
  function inCommon(chosen) {
    const batches = batchesOf(chosen);
    const words = [];
    if (byBatch.checked && batches.length > 1) {
      return fill(texts.by_batch_of, { batch: chosen.find((box) => box.dataset.batch)?.dataset.batchName || '' });
    }
    if (batches.length > 1 || (every && !form.dataset.batch)) words.push(texts.several_batches);
    else if (batches[0]) words.push(fill(texts.same_batch, { batch: chosen[0].dataset.batchName || '' }));
    words.push(fill(texts.same_right, { right: chosen[0].dataset.rightWords || '' }));
    return chosen.length > 1 ? words.join(', ') : '';
  }

  function show() {
    const chosen = selected();
    dock.hidden = chosen.length === 0;
    all.checked = chosen.length === boxes.length;
    all.indeterminate = chosen.length > 0 && chosen.length < boxes.length;
    for (const box of boxes) box.closest('[data-row]')?.classList.toggle('selected', box.checked);
    if (!chosen.length) return;
    const n = every ? every.length : chosen.length;
    const counted = n === 1 ? texts.selected_one : fill(texts.selected_many, { n: countText(n) });
    everyButton.hidden = !everyCount || every !== null || !all.checked;
    everyButton.textContent = fill(texts.select_every, { n: countText(everyCount) });
    part(dock, '[data-dock-count]').textContent = counted;
    const batches = batchesOf(chosen);
    part(dock, '[data-dock-by-batch]').hidden = chosen.length < 2 || batches.every((batch) => !batch);
    const ofOne = every ? Boolean(form.dataset.batch) : batches.length === 1 && batches[0] !== '';
    if (!batchChosen) byBatch.checked = ofOne;
    const reason = whyNot(chosen);
    note.textContent = refusal || reason || inCommon(chosen);
    note.classList.toggle('failed', refusal !== '');
    sign.textContent = fill(texts.sign, { n: countText(n) });
    sign.title = reason;
    sign.setAttribute('aria-disabled', String(reason !== ''));
  }

  function changed() {
    refusal = '';
    for (const mark of form.querySelectorAll('[data-offending]')) /** @type {HTMLElement} */ (mark).hidden = true;
    for (const row of form.querySelectorAll('tr.offending-row')) row.classList.remove('offending-row');
    show();
  }

  /** @param {string[]} ids of the documents that are in the way */
  function mark(ids) {
    for (const box of boxes.filter((box) => ids.includes(box.value))) {
      const row = box.closest('[data-row]');
      if (!row) continue;
      row.classList.add('offending-row');
      const words = part(row, '[data-offending]');
      words.textContent = texts.offending;
      words.hidden = false;
    }
    form.querySelector('tr.offending-row')?.scrollIntoView({ block: 'center' });
  }

  async function toBatch() {
    const chosen = selected();
    const batch = byBatch.checked && chosen.length > 1 ? form.dataset.batch || firstBatch(chosen) : null;
    const ids = chosenIds();
    sign.setAttribute('aria-disabled', 'true');
    try {
      await postJson(urls.check, { document_ids: ids, import_batch_id: batch });
      keepSelection({ ids, batch, look: false });
      location.assign(urls.batch);
    } catch (error) {
      refusal = error instanceof Refused && error.message ? error.message : texts.unreachable;
      if (error instanceof Refused) mark(error.documents);
      show();
    }
  }

  const chosenIds = () => every || selected().map((box) => box.value);

  async function chooseEvery() {
    if (everyButton.getAttribute('aria-disabled') === 'true') return;
    everyButton.setAttribute('aria-disabled', 'true');
    refusal = '';
    try {
      every = (await getJson(urls.every)).document_ids;
    } catch (error) {
      refusal = error instanceof Refused && error.message ? error.message : texts.unreachable;
    }
    everyButton.removeAttribute('aria-disabled');
    show();
    sign.focus();
  }

  /** @param {HTMLInputElement[]} chosen */
  function firstBatch(chosen) {
    return chosen.map((box) => box.dataset.batch || '').find((batch) => batch) || null;
  }

  all.addEventListener('change', () => {
    for (const box of boxes) box.checked = all.checked;
    every = null;
    changed();
  });
  byBatch.addEventListener('change', () => {
    batchChosen = true;
    changed();
  });
  form.addEventListener('change', () => {
    every = null;
    changed();
  });
  everyButton.addEventListener('click', () => void chooseEvery());
  part(dock, '[data-dock-clear]').addEventListener('click', () => {
    for (const box of boxes) box.checked = false;
    batchChosen = false;
    every = null;
    changed();
    all.focus();
  });
  part(dock, '[data-dock-view]').addEventListener('click', () => {
    keepSelection({ ids: chosenIds(), batch: null, look: true });
    location.assign(urls.batch);
  });
  sign.addEventListener('click', () => {
    if (sign.getAttribute('aria-disabled') === 'true') return;
    const chosen = selected();
    // A single document is signed from its own page, where its pages are seen and the signature is placed.
    if (chosenIds().length === 1) location.assign(`${chosen[0].dataset.url}#sign`);
    else void toBatch();
  });
  show();
  window.addEventListener('pageshow', show); // a page that the browser restored comes back with boxes ticked, and a button greyed
}
