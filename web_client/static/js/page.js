// @ts-check
// What every page needs: dialogs, toasts, the user menu, showing a password.

import './dialogs.js';
import './toasts.js';

document.querySelectorAll('details[data-menu]').forEach((menu) => {
  if (!(menu instanceof HTMLDetailsElement)) return;
  document.addEventListener('click', (event) => {
    if (event.target instanceof Node && !menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener('keydown', (event) => {
    if (event.key !== 'Escape' || !menu.open) return;
    menu.open = false;
    menu.querySelector('summary')?.focus();
  });
});

document.querySelectorAll('[data-show-password]').forEach((button) => {
  if (!(button instanceof HTMLElement)) return;
  const field = document.getElementById(button.dataset.showPassword || '');
  if (!(field instanceof HTMLInputElement)) return;
  button.addEventListener('click', () => {
    const show = field.type === 'password';
    field.type = show ? 'text' : 'password';
    button.setAttribute('aria-pressed', String(show));
  });
});
