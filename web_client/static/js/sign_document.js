// @ts-check
// "Confirm" sends the request and opens the waiting panel on the same page.

import { part, readFacts } from './facts.js';
import { placement } from './place_signature.js';
import { Refused, postJson } from './server.js';
import { panel } from './waiting_panel.js';

const { texts, version } = readFacts('viewer-facts');
const form = /** @type {HTMLFormElement} */ (part(document, '[data-sign-form]'));

form.addEventListener('submit', (event) => {
  event.preventDefault();
  void send(form);
});

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
    const { snapshot, url } = await postJson(source.action, { placement: placement(), version });
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
