// @ts-check
// Short notices at the edge of the page. They stay while pointed at or focused; errors stay until closed.

import { part } from './facts.js';

const SHOWN_FOR = 8000;

/**
 * @param {string} title
 * @param {string} text
 * @param {boolean} [failed]
 */
export function showToast(title, text, failed = false) {
  const template = document.getElementById('toast-template');
  const shelf = document.getElementById('toasts');
  if (!(template instanceof HTMLTemplateElement) || !shelf) return;
  const toast = /** @type {HTMLElement} */ (part(template.content, '[data-toast]').cloneNode(true));
  part(toast, '.toast-title').textContent = title;
  part(toast, '.toast-text').textContent = text;
  if (failed) toast.classList.add('tone-red');
  shelf.append(toast);
  goesAway(toast);
}

/** @param {Element} toast */
function goesAway(toast) {
  if (toast.classList.contains('tone-red')) return;
  const check = () => {
    if (toast.matches(':hover, :focus-within')) setTimeout(check, 1000);
    else toast.remove();
  };
  setTimeout(check, SHOWN_FOR);
}

document.addEventListener('click', (event) => {
  const button = event.target instanceof Element && event.target.closest('[data-close-toast]');
  if (button) button.closest('[data-toast]')?.remove();
});
document.querySelectorAll('#toasts [data-toast]').forEach(goesAway);
