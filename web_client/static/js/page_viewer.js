// @ts-check
// The pages of a document: one large, the others as a strip. Other modules learn of a turned page by the event "page".

import { fill, part, readFacts } from './facts.js';

const facts = readFacts('viewer-facts');
const root = part(document, '[data-viewer]');
const image = /** @type {HTMLImageElement} */ (part(root, '[data-page-image]'));
const choice = /** @type {HTMLSelectElement} */ (part(root, '[data-page-choice]'));
const back = /** @type {HTMLButtonElement} */ (part(root, '[data-page-back]'));
const on = /** @type {HTMLButtonElement} */ (part(root, '[data-page-on]'));
const message = part(root, '[data-page-message]');
export const stage = part(root, '[data-stage]');

/** @type {{ number: number, url: string, width: number, height: number }[]} sizes in points, as the page is shown */
export const pages = facts.pages;
let current = 1;

export function currentPage() {
  return current;
}

/** @param {number} number from 1 */
export function turnTo(number) {
  current = Math.min(Math.max(number, 1), pages.length);
  const page = pages[current - 1];
  stage.classList.add('loading');
  message.hidden = true;
  image.width = Math.round(page.width);
  image.height = Math.round(page.height);
  image.alt = fill(facts.texts.alt, { number: current, title: facts.texts.title });
  image.src = page.url;
  choice.value = String(current);
  back.disabled = current === 1;
  on.disabled = current === pages.length;
  root.querySelectorAll('[data-thumb]').forEach((thumb) => {
    if (!(thumb instanceof HTMLElement)) return;
    if (Number(thumb.dataset.thumb) !== current) return thumb.removeAttribute('aria-current');
    thumb.setAttribute('aria-current', 'page');
    const strip = thumb.parentElement;
    if (strip) strip.scrollLeft = thumb.offsetLeft - strip.offsetLeft - strip.clientWidth / 2 + thumb.clientWidth / 2;
  });
  root.dispatchEvent(new CustomEvent('page', { detail: current }));
}

image.addEventListener('load', () => stage.classList.remove('loading'));
image.addEventListener('error', () => {
  message.textContent = facts.texts.broken;
  message.hidden = false;
});
back.addEventListener('click', () => turnTo(current - 1));
on.addEventListener('click', () => turnTo(current + 1));
choice.addEventListener('change', () => turnTo(Number(choice.value)));
root.querySelectorAll('[data-thumb]').forEach((thumb) => {
  thumb.addEventListener('click', () => turnTo(Number(/** @type {HTMLElement} */ (thumb).dataset.thumb)));
});
root.addEventListener('keydown', (event) => {
  if (event.key !== 'PageUp' && event.key !== 'PageDown') return;
  event.preventDefault();
  turnTo(current + (event.key === 'PageDown' ? 1 : -1));
});
/** @param {(number: number) => void} listener */
export function onPage(listener) {
  root.addEventListener('page', () => listener(current));
}
document.addEventListener('request-shown', () => {
  // The waiting panel has the title and the state.
  for (const selector of ['[data-document-layout]', '[data-document-head]']) part(document, selector).hidden = true;
});
back.disabled = true;
on.disabled = pages.length === 1;
