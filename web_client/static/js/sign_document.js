// @ts-check
// "Confirm" sends the request and opens the waiting panel on the same page; without this script the form does the same by
// going to the request's own page.

import { part, readFacts } from './facts.js';
import { Refused, post } from './server.js';
import { panel } from './waiting_panel.js';

const texts = readFacts('viewer-facts').texts;
const form = document.querySelector('[data-sign-form]');
const layout = part(document, '[data-document-layout]');

if (form instanceof HTMLFormElement) {
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void send(form);
  });
}

/** @param {HTMLFormElement} source */
async function send(source) {
  const dialog = /** @type {HTMLDialogElement} */ (part(source, 'dialog'));
  const button = part(source, '[data-sign-now]');
  const problem = part(source, '[data-sign-problem]');
  if (button.getAttribute('aria-disabled') === 'true') return;
  if (!dialog.open) return dialog.showModal();
  button.setAttribute('aria-disabled', 'true');
  problem.hidden = true;
  try {
    const { snapshot, url } = await post(source.action, new FormData(source));
    dialog.close();
    if (!panel) return location.assign(url);
    panel.start(snapshot);
    history.replaceState(null, '', url);
    scrollTo({ top: 0 });
    part(panel.root, '[data-panel-title]').focus();
  } catch (error) {
    problem.textContent = error instanceof Refused && error.message ? error.message : texts.unreachable;
    problem.hidden = false;
  } finally {
    button.removeAttribute('aria-disabled');
  }
}

document.addEventListener('request-shown', () => {
  layout.hidden = true;
  part(document, '[data-document-head]').hidden = true; // the panel has the title and the state
});
