// @ts-check
// Pairing a phone: the code with its countdown, then the comparison of six digits, then the outcome.

import { Countdown, clockFace } from './clock.js';
import { fill, part, readFacts } from './facts.js';
import { follow } from './live.js';
import { Refused, post } from './server.js';
import { showToast } from './toasts.js';

const root = part(document, '[data-pairing]');
const { snapshot, snapshot_url: snapshotUrl, texts } = readFacts('pairing-facts');
const TONES = /** @type {Record<string, string>} */ ({
  waiting: 'amber',
  claimed: 'blue',
  confirm_digits: 'amber',
  waiting_first_device: 'amber',
  complete: 'jade',
  expired: 'grey',
  rejected: 'red',
});
const FINAL = new Set(['complete', 'expired', 'rejected']);
/** @type {Countdown | null} */
let countdown = null;
let shown = '';

/**
 * @param {any} news
 * @returns {boolean} true when the pairing has ended
 */
function show(news) {
  const ended = FINAL.has(news.state);
  countdown = news.state === 'waiting' ? new Countdown(news.expires_at, news.server_time) : null;
  root.querySelectorAll('[data-pairing-step]').forEach((step) => {
    if (step instanceof HTMLElement) step.hidden = step.dataset.pairingStep !== news.state;
  });
  const state = part(root, '[data-pairing-state]');
  state.textContent = texts[news.state];
  state.className = `state tone-${TONES[news.state]}`;
  part(root, '[data-pairing-foot]').hidden = ended || news.state === 'confirm_digits';
  part(root, '[data-device-name]').textContent = news.device_name || texts.unnamed;
  const digits = news.digits || '';
  part(root, '[data-six-digits]').textContent = `${digits.slice(0, 3)} ${digits.slice(3)}`;
  tick();
  if (shown !== news.state) {
    const spelled = news.state === 'confirm_digits' ? digits.split('').join(' ') : '';
    part(root, '[data-pairing-spoken]').textContent = `${texts[news.state]}. ${spelled}`;
    if (shown && news.state === 'complete') showToast(texts.paired_toast, news.device_name || '');
    shown = news.state;
  }
  return ended;
}

function tick() {
  if (!countdown) return;
  const [head, tail] = texts.lead.split('{clock}');
  const clock = document.createElement('span');
  clock.className = 'clock';
  clock.textContent = clockFace(countdown.seconds());
  part(root, '[data-pairing-lead]').replaceChildren(head, clock, tail || '');
}

const watch = follow({ event: 'pairing', ask: { pairing_id: snapshot.pairing_id }, snapshotUrl, show });
watch.take(snapshot);
setInterval(tick, 500);

root.querySelectorAll('[data-digits-form]').forEach((form) => {
  if (!(form instanceof HTMLFormElement)) return;
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void answer(form);
  });
});

/** @param {HTMLFormElement} form */
async function answer(form) {
  const problem = part(root, '[data-pairing-problem]');
  problem.hidden = true;
  try {
    const told = await post(form.action, new FormData(form));
    if (told.snapshot) watch.take(told.snapshot);
  } catch (error) {
    problem.textContent = error instanceof Refused && error.message ? error.message : texts.unreachable;
    problem.hidden = false;
  }
}
