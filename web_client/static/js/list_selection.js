// @ts-check
// Choosing documents in the list. The bar docks at the bottom, counts, and says why a button is grey.

import { fill, part, readFacts } from './facts.js';

const form = document.querySelector('[data-selection]');
const texts = readFacts('selection-texts');
if (form instanceof HTMLFormElement && texts) watchSelection(form);

/** @param {HTMLFormElement} form */
function watchSelection(form) {
  const most = Number(form.dataset.most);
  const dock = part(document, '#selection-dock');
  const all = /** @type {HTMLInputElement} */ (part(form, '[data-select-all]'));
  const boxes = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll('[data-select]')]);
  const sign = /** @type {HTMLButtonElement} */ (part(dock, '[data-dock-sign]'));
  const view = /** @type {HTMLButtonElement} */ (part(dock, '[data-dock-view]'));

  const selected = () => boxes.filter((box) => box.checked);

  /** @param {HTMLInputElement[]} chosen */
  function whyNot(chosen) {
    if (texts.no_phone) return texts.no_phone;
    if (chosen.some((box) => box.dataset.signable !== 'yes')) return texts.not_signable;
    if (chosen.length > most) return most === 1 ? texts.one_at_a_time : fill(texts.too_many, { most });
    return '';
  }

  function show() {
    const chosen = selected();
    dock.hidden = chosen.length === 0;
    all.checked = chosen.length === boxes.length;
    all.indeterminate = chosen.length > 0 && chosen.length < boxes.length;
    for (const box of boxes) box.closest('[data-row]')?.classList.toggle('selected', box.checked);
    const counted = chosen.length === 1 ? texts.selected_one : fill(texts.selected_many, { n: chosen.length });
    part(dock, '[data-dock-count]').textContent = counted;
    const reason = whyNot(chosen);
    part(dock, '[data-dock-note]').textContent = reason;
    sign.textContent = fill(texts.sign, { n: chosen.length });
    sign.title = reason;
    sign.setAttribute('aria-disabled', String(reason !== ''));
    view.hidden = chosen.length !== 1;
  }

  all.addEventListener('change', () => {
    for (const box of boxes) box.checked = all.checked;
    show();
  });
  form.addEventListener('change', show);
  part(dock, '[data-dock-clear]').addEventListener('click', () => {
    for (const box of boxes) box.checked = false;
    show();
    all.focus();
  });
  view.addEventListener('click', () => location.assign(selected()[0].dataset.url || ''));
  sign.addEventListener('click', () => {
    if (sign.getAttribute('aria-disabled') === 'true') return;
    const chosen = selected();
    // A document is signed from its own page, where its pages are seen and the signature is placed.
    location.assign(`${chosen[0].dataset.url}#sign`);
  });
  show(); // a page that the browser restored may come back with boxes ticked
}
