// @ts-check
// The live waiting panel: shows one sign request from "being prepared" to its end, from snapshots alone. The page may be
// closed and opened again at any time; the same snapshot gives the same picture.

import { Countdown, clockFace } from './clock.js';
import { fill, part, readFacts } from './facts.js';
import { follow } from './live.js';
import { leftOutOf, resultOf, wordsOf } from './panel_result.js';
import { PanelProgress } from './panel_progress.js';
import { countText } from './panel_steps.js';
import { Results } from './results.js';
import { Refused, post } from './server.js';
import { showToast } from './toasts.js';

/** @typedef {import('./panel_steps.js').Snapshot} Snapshot */

/** While the person may still have to compare it; later it would only confuse. */
const CODE_STATES = new Set(['QUEUED', 'PUSHED', 'OPENED']);

/** What would end the same way if it were asked for again. */
const FAILS_AGAIN = new Set(['document_mismatch', 'document_refused']);

export class WaitingPanel {
  /**
   * @param {HTMLElement} root
   * @param {any} facts texts, addresses, and perhaps a snapshot
   */
  constructor(root, facts) {
    this.root = root;
    this.facts = facts;
    this.texts = facts.texts;
    /** @type {Snapshot | null} */
    this.snapshot = null;
    /** @type {Countdown | null} */
    this.countdown = null;
    this.sawItRunning = false;
    this.progress = new PanelProgress(root, facts.texts);
    this.results = new Results(/** @type {HTMLDetailsElement} */ (part(root, '[data-panel-results]')), facts.texts);
    part(root, '[data-panel-cancel]').addEventListener('click', () => this.cancelDialog().showModal());
    part(root, '[data-cancel-now]').addEventListener('click', () => void this.cancel());
    part(root, '[data-panel-retry]').addEventListener('click', () => void this.retry());
    setInterval(() => this.tick(), 500);
  }

  /** @param {Snapshot} snapshot */
  start(snapshot) {
    this.root.hidden = false;
    this.follow(snapshot.request_id).take(snapshot);
  }

  /** @param {string} id */
  follow(id) {
    this.watch = follow({
      event: 'request',
      ask: { request_id: id },
      snapshotUrl: this.address('snapshot', id),
      show: (news) => this.show(news),
    });
    return this.watch;
  }

  /**
   * The phone would not sign some of the documents; the others wait in a request of their own, which this panel shows from now on.
   * @param {Snapshot} snapshot
   * @param {string} next
   */
  goOn(snapshot, next) {
    const before = this.address('request', snapshot.request_id);
    part(this.root, '[data-panel-left-out]').hidden = false;
    this.text('[data-left-out-text]', fill(this.texts.left_out, leftOutOf(snapshot)));
    part(this.root, '[data-left-out-link]').setAttribute('href', before);
    if (location.pathname === before) history.replaceState(null, '', this.address('request', next));
    this.follow(next);
  }

  /**
   * @param {string} name
   * @param {string} id
   */
  address(name, id) {
    return this.facts.urls[name].replace('REQUEST', encodeURIComponent(id));
  }

  /**
   * @param {string} name
   * @param {string} id
   */
  documentAddress(name, id) {
    return this.facts.urls[name].replace('DOCUMENT', encodeURIComponent(id));
  }

  /**
   * @param {Snapshot} snapshot
   * @returns {boolean} true when the request has ended
   */
  show(snapshot) {
    const before = this.snapshot;
    this.snapshot = snapshot;
    const ended = snapshot.final;
    if (!ended) this.sawItRunning = true;
    this.countdown = ended || !snapshot.expires_at ? null : new Countdown(snapshot.expires_at, snapshot.server_time);
    const words = wordsOf(snapshot, this.texts);
    this.text('[data-panel-title]', this.title(snapshot));
    const state = part(this.root, '[data-panel-state]');
    state.textContent = words.words;
    state.className = `state tone-${words.tone}`;
    this.showCode(CODE_STATES.has(snapshot.state) ? snapshot.verification_code : null);
    this.progress.show(snapshot);
    this.results.show(snapshot, this.address('results', snapshot.request_id));
    part(this.root, '[data-panel-live]').hidden = ended;
    part(this.root, '[data-panel-steps]').hidden = ended;
    part(this.root, '[data-panel-leave]').hidden = ended;
    part(this.root, '[data-panel-cancel]').hidden = ended || !snapshot.cancellable;
    if (ended && this.cancelDialog().open) this.cancelDialog().close();
    this.lead = ended ? '' : this.leadOf(snapshot, words.lead);
    this.tick();
    this.speak(before, snapshot, words, ended);
    const next = ended && this.sawItRunning && snapshot.continued_by;
    part(this.root, '[data-panel-result]').hidden = !ended || Boolean(next);
    if (next) this.goOn(snapshot, next);
    else if (ended) this.showResult(snapshot, words);
    this.root.dispatchEvent(new CustomEvent('request-shown', { bubbles: true, detail: snapshot }));
    return ended;
  }

  /** @param {Snapshot} snapshot */
  title(snapshot) {
    const only = snapshot.items_total === 1 && snapshot.documents[0];
    if (only) return fill(this.texts.title_one, { title: only.title });
    return fill(this.texts.title_many, { n: countText(snapshot.items_total) });
  }

  /**
   * @param {Snapshot} snapshot
   * @param {string} lead
   */
  leadOf(snapshot, lead) {
    return fill(lead || '', { devices: this.deviceNames(snapshot) });
  }

  /** @param {Snapshot} snapshot */
  deviceNames(snapshot) {
    const names = snapshot.signing_device || snapshot.devices.map((device) => device.name).join(', ');
    return names || this.texts.your_phone;
  }

  tick() {
    if (!this.lead) return;
    const [head, tail] = this.lead.split('{clock}');
    const line = part(this.root, '[data-panel-lead]');
    if (tail === undefined || !this.countdown) {
      line.textContent = head;
      return;
    }
    const clock = document.createElement('span');
    clock.className = 'clock';
    clock.textContent = clockFace(this.countdown.seconds());
    line.replaceChildren(head, clock, tail);
  }

  /** @param {string | null} code */
  showCode(code) {
    part(this.root, '[data-panel-code]').hidden = !code;
    this.text('[data-code-digits]', code || '');
  }

  /**
   * @param {Snapshot} snapshot
   * @param {any} words
   */
  showResult(snapshot, words) {
    const box = part(this.root, '[data-panel-result]');
    box.className = `panel-result tone-${words.tone}${words.security ? ' security' : ''}`;
    box.querySelectorAll('[data-result-icon]').forEach((icon) => {
      if (icon instanceof HTMLElement) icon.hidden = icon.dataset.resultIcon !== `tone-${words.tone}`;
    });
    const said = resultOf(snapshot, words, this.texts, this.deviceNames(snapshot));
    this.text('[data-result-title]', said.title);
    this.text('[data-result-text]', said.text);
    this.text('[data-result-reason]', said.reason);
    part(this.root, '[data-result-reason]').hidden = !said.reason;
    this.text('[data-result-who]', [said.who, said.took].filter(Boolean).join(' · '));
    part(this.root, '[data-result-who]').hidden = !said.who;
    this.showWaysOn(snapshot);
    if (this.sawItRunning && snapshot.state === 'COMPLETED' && snapshot.items_signed > 0) {
      showToast(words.tone === 'jade' ? this.texts.success : words.words, words.toast || words.words);
    }
  }

  /**
   * What can be done with a request that has ended.
   * @param {Snapshot} snapshot
   */
  showWaysOn(snapshot) {
    const only = snapshot.items_total === 1 ? snapshot.documents[0] : null;
    const download = part(this.root, '[data-panel-download]');
    const again = part(this.root, '[data-panel-again]');
    const signed = only && only.signed_url;
    download.hidden = !signed;
    if (signed) download.setAttribute('href', signed);
    again.hidden = !only;
    if (only) again.setAttribute('href', this.documentAddress('document', only.document_id));
    part(this.root, '[data-panel-back]').hidden = false;
    const archive = part(this.root, '[data-panel-archive]');
    archive.hidden = Boolean(only) || snapshot.items_signed === 0;
    archive.setAttribute('href', this.address('archive', snapshot.request_id));
    const next = part(this.root, '[data-panel-next]');
    next.hidden = !snapshot.continued_by;
    next.setAttribute('href', this.address('request', snapshot.continued_by || ''));
    const retry = part(this.root, '[data-panel-retry]');
    retry.hidden = Boolean(only) || snapshot.items_failed === 0 || FAILS_AGAIN.has(snapshot.end_result || '');
    retry.textContent = fill(this.texts.retry, { count: countText(snapshot.items_failed) });
  }

  /**
   * Screen readers hear a change of state, not each tick of the clock.
   * @param {Snapshot | null} before
   * @param {Snapshot} snapshot
   * @param {any} words
   * @param {boolean} ended
   */
  speak(before, snapshot, words, ended) {
    if (before && before.state === snapshot.state && before.verification_code === snapshot.verification_code) return;
    const code = CODE_STATES.has(snapshot.state) && snapshot.verification_code;
    const spelled = code ? ` ${fill(this.texts.spoken_code, { code: code.split('').join(' ') })}` : '';
    this.text('[data-panel-spoken]', `${words.words}. ${ended ? words.text || '' : ''}${spelled}`);
  }

  /** @returns {HTMLDialogElement} */
  cancelDialog() {
    return part(this.root, '[data-cancel-dialog]');
  }

  async cancel() {
    await this.ask('[data-cancel-now]', 'cancel', (told) => told.snapshot && this.watch?.take(told.snapshot));
    this.cancelDialog().close();
  }

  async retry() {
    await this.ask('[data-panel-retry]', 'retry', (told) => location.assign(told.url));
  }

  /**
   * One question to the server about this request; what goes wrong is said in a toast.
   * @param {string} button greyed meanwhile
   * @param {string} what an address of the panel
   * @param {(told: any) => void} then
   */
  async ask(button, what, then) {
    const pressed = part(this.root, button);
    if (!this.snapshot || pressed.getAttribute('aria-disabled') === 'true') return;
    pressed.setAttribute('aria-disabled', 'true');
    try {
      then(await post(this.address(what, this.snapshot.request_id)));
    } catch (error) {
      const sentence = error instanceof Refused && error.message ? error.message : this.texts.unreachable;
      showToast(this.texts.not_done, sentence, true);
    } finally {
      pressed.removeAttribute('aria-disabled');
    }
  }

  /**
   * @param {string} selector
   * @param {string} text
   */
  text(selector, text) {
    const element = part(this.root, selector);
    if (element.textContent !== text) element.textContent = text;
  }
}

const root = document.querySelector('[data-waiting-panel]');
const facts = readFacts('panel-facts');
/** The panel of this page, or null. */
export const panel = root instanceof HTMLElement && facts ? new WaitingPanel(root, facts) : null;
if (panel && facts.snapshot) panel.start(facts.snapshot);
