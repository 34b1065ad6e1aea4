// @ts-check
// The live waiting panel: shows one sign request from "being prepared" to its end, from snapshots alone. The page may be
// closed and opened again at any time; the same snapshot gives the same picture.

import { Countdown, clockFace, dateTime } from './clock.js';
import { fill, part, readFacts } from './facts.js';
import { follow } from './live.js';
import { steps, progress } from './panel_steps.js';
import { Refused, post } from './server.js';
import { showToast } from './toasts.js';

/** @typedef {import('./panel_steps.js').Snapshot} Snapshot */

/** While the person may still have to compare it; later it would only confuse. */
const CODE_STATES = new Set(['QUEUED', 'PUSHED', 'OPENED']);

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
    this.spoken = '';
    part(root, '[data-panel-cancel]').addEventListener('click', () => this.cancelDialog().showModal());
    part(root, '[data-cancel-now]').addEventListener('click', () => void this.cancel());
    setInterval(() => this.tick(), 500);
  }

  /** @param {Snapshot} snapshot */
  start(snapshot) {
    this.root.hidden = false;
    const watch = follow({
      event: 'request',
      ask: { request_id: snapshot.request_id },
      snapshotUrl: this.address('snapshot', snapshot.request_id),
      show: (news) => this.show(news),
    });
    watch.take(snapshot);
    this.watch = watch;
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
    const words = this.words(snapshot);
    this.text('[data-panel-title]', this.title(snapshot));
    const state = part(this.root, '[data-panel-state]');
    state.textContent = words.words;
    state.className = `state tone-${words.tone}`;
    this.showCode(CODE_STATES.has(snapshot.state) ? snapshot.verification_code : null);
    this.showProgress(snapshot);
    this.showSteps(snapshot);
    this.showDocuments(snapshot, ended);
    part(this.root, '[data-panel-live]').hidden = ended;
    part(this.root, '[data-panel-steps]').hidden = ended;
    part(this.root, '[data-panel-leave]').hidden = ended;
    part(this.root, '[data-panel-cancel]').hidden = ended || !snapshot.cancellable;
    if (ended && this.cancelDialog().open) this.cancelDialog().close();
    this.lead = ended ? '' : this.leadOf(snapshot, words.lead);
    this.tick();
    this.speak(before, snapshot, words, ended);
    if (ended) this.showResult(snapshot, words);
    this.root.dispatchEvent(new CustomEvent('request-shown', { bubbles: true, detail: snapshot }));
    return ended;
  }

  /**
   * The words for a state; an end result knows more than the state it ended in.
   * @param {Snapshot} snapshot
   */
  words(snapshot) {
    const { states, end_results: endResults } = this.texts;
    let key = snapshot.end_result && snapshot.end_result !== 'ok' ? endResults[snapshot.end_result] : null;
    if (snapshot.state === 'COMPLETED') {
      if (snapshot.items_signed < snapshot.items_total) key = snapshot.items_signed ? this.texts.partly : key;
      else key = null;
    }
    return { ...states[snapshot.state], ...(snapshot.final ? key : null) };
  }

  /** @param {Snapshot} snapshot */
  title(snapshot) {
    const only = snapshot.items_total === 1 && snapshot.documents[0];
    if (only) return fill(this.texts.title_one, { title: only.title });
    return fill(this.texts.title_many, { n: snapshot.items_total });
  }

  /**
   * @param {Snapshot} snapshot
   * @param {string} lead
   */
  leadOf(snapshot, lead) {
    const names = snapshot.signing_device || snapshot.devices.map((device) => device.name).join(', ');
    return fill(lead || '', { devices: names || this.texts.your_phone });
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

  /** @param {Snapshot} snapshot */
  showProgress(snapshot) {
    const now = progress(snapshot, this.texts);
    this.text('[data-bar-count]', now.label);
    this.text('[data-panel-counts]', now.counts);
    part(this.root, '[data-panel-counts]').hidden = !now.counts;
    const bar = part(this.root, '[data-panel-progress] [data-bar]');
    bar.setAttribute('aria-valuemax', String(snapshot.items_total));
    bar.setAttribute('aria-valuenow', String(now.value));
    bar.setAttribute('aria-valuetext', now.label);
    const filled = part(bar, '[data-fill]');
    filled.style.width = `${snapshot.items_total ? (100 * now.value) / snapshot.items_total : 0}%`;
    part(this.root, '[data-panel-progress]').hidden =
      snapshot.final && (snapshot.items_signed === 0 || snapshot.items_total === 1);
  }

  /** @param {Snapshot} snapshot */
  showSteps(snapshot) {
    for (const step of steps(snapshot, this.texts)) {
      const line = part(this.root, `[data-step-name="${step.name}"]`);
      line.dataset.step = step.state;
      if (step.state === 'now') line.setAttribute('aria-current', 'step');
      else line.removeAttribute('aria-current');
      part(line, '[data-step-title]').textContent = step.title;
      part(line, '[data-step-detail]').textContent = step.detail;
    }
  }

  /**
   * One document is already named in the title: the list is shown for several, or when one has a word of its own.
   * @param {Snapshot} snapshot
   * @param {boolean} ended
   */
  showDocuments(snapshot, ended) {
    const list = part(this.root, '[data-panel-documents]');
    list.hidden = !ended || snapshot.documents.length < 2;
    list.replaceChildren(...(list.hidden ? [] : snapshot.documents.map((item) => this.documentLine(item))));
  }

  /** @param {Snapshot['documents'][number]} item */
  documentLine(item) {
    const line = document.createElement('li');
    const title = document.createElement('span');
    title.className = 'title';
    title.textContent = item.title;
    const words = item.signed_url ? this.texts.item_signed : this.texts.end_results[item.end_result || 'server_error'];
    const state = document.createElement('span');
    state.className = `state tone-${words.tone}`;
    state.textContent = words.words;
    line.append(title, state);
    if (item.signed_url) {
      const link = document.createElement('a');
      link.href = item.signed_url;
      link.textContent = this.texts.download;
      line.append(link);
    }
    if (item.reason) {
      const reason = document.createElement('span');
      reason.className = 'reason';
      reason.textContent = fill(this.texts.reason, { reason: item.reason });
      line.append(reason);
    }
    return line;
  }

  /**
   * @param {Snapshot} snapshot
   * @param {any} words
   */
  showResult(snapshot, words) {
    const box = part(this.root, '[data-panel-result]');
    box.hidden = false;
    box.className = `panel-result tone-${words.tone}${words.security ? ' security' : ''}`;
    box.querySelectorAll('[data-result-icon]').forEach((icon) => {
      if (icon instanceof HTMLElement) icon.hidden = icon.dataset.resultIcon !== `tone-${words.tone}`;
    });
    this.text('[data-result-title]', words.title || words.words);
    this.text('[data-result-text]', this.leadOf(snapshot, words.text || ''));
    const only = snapshot.documents.length === 1 ? snapshot.documents[0] : null;
    const reason = snapshot.reason || (only && only.reason) || '';
    this.text('[data-result-reason]', reason ? fill(this.texts.reason, { reason }) : '');
    part(this.root, '[data-result-reason]').hidden = !reason;
    const who = snapshot.items_signed && snapshot.finished_at ? this.texts.who_when : '';
    this.text('[data-result-who]', fill(who, {
      name: snapshot.subscriber,
      device: snapshot.signing_device || this.texts.your_phone,
      when: dateTime(snapshot.finished_at || 0),
    }));
    part(this.root, '[data-result-who]').hidden = !who;
    const download = part(this.root, '[data-panel-download]');
    const again = part(this.root, '[data-panel-again]');
    const signed = only && only.signed_url;
    download.hidden = !signed;
    if (signed) download.setAttribute('href', signed);
    again.hidden = !only;
    if (only) again.setAttribute('href', this.documentAddress('document', only.document_id));
    part(this.root, '[data-panel-back]').hidden = false;
    if (this.sawItRunning && snapshot.state === 'COMPLETED' && snapshot.items_signed > 0) {
      showToast(this.texts.success, words.toast || words.words);
    }
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
    if (!this.snapshot) return;
    const button = part(this.root, '[data-cancel-now]');
    button.setAttribute('aria-disabled', 'true');
    try {
      const told = await post(this.address('cancel', this.snapshot.request_id));
      this.cancelDialog().close();
      if (told.snapshot) this.watch?.take(told.snapshot);
    } catch (error) {
      this.cancelDialog().close();
      const sentence = error instanceof Refused && error.message ? error.message : this.texts.unreachable;
      showToast(this.texts.not_done, sentence, true);
    } finally {
      button.removeAttribute('aria-disabled');
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
