// @ts-check
// How far a request is: the bar, its rate, the four figures and the four steps.

import { clockFace } from './clock.js';
import { fill, part } from './facts.js';
import { countText, progress, steps } from './panel_steps.js';
import { Rate } from './rate.js';

/** @typedef {import('./panel_steps.js').Snapshot} Snapshot */

const MOVING = new Set(['PREPARING', 'SIGNING', 'ANSWERED']);

export class PanelProgress {
  /**
   * @param {HTMLElement} root the panel
   * @param {any} texts
   */
  constructor(root, texts) {
    this.root = root;
    this.texts = texts;
    this.rate = new Rate();
    this.state = '';
  }

  /** @param {Snapshot} snapshot */
  show(snapshot) {
    if ((snapshot.state === 'PREPARING') !== (this.state === 'PREPARING')) this.rate.reset(); // another count begins
    this.state = snapshot.state;
    this.showBar(snapshot);
    this.showFigures(snapshot);
    this.showSteps(snapshot);
  }

  /** @param {Snapshot} snapshot */
  showBar(snapshot) {
    const now = progress(snapshot, this.texts);
    part(this.root, '[data-bar-count]').textContent = now.label;
    this.showRate(snapshot, now.value);
    const bar = part(this.root, '[data-panel-progress] [data-bar]');
    bar.setAttribute('aria-valuemax', String(snapshot.items_total));
    bar.setAttribute('aria-valuenow', String(now.value));
    bar.setAttribute('aria-valuetext', now.label);
    for (const [name, count] of Object.entries({ '[data-fill]': now.value, '[data-fill-ahead]': now.ahead })) {
      part(bar, name).style.width = `${snapshot.items_total ? (100 * count) / snapshot.items_total : 0}%`;
    }
    part(this.root, '[data-panel-progress]').hidden =
      snapshot.final && (snapshot.items_signed === 0 || snapshot.items_total === 1);
  }

  /**
   * How fast it goes, while a worker or the phone is at it; while a person thinks, nothing is said.
   * @param {Snapshot} snapshot
   * @param {number} value
   */
  showRate(snapshot, value) {
    const line = part(this.root, '[data-panel-rate]');
    line.hidden = !MOVING.has(snapshot.state) || snapshot.items_total < 2;
    if (line.hidden) return;
    this.rate.add(value, snapshot.server_time);
    const [rate, left] = [this.rate.perSecond(), this.rate.left(snapshot.items_total)];
    const numbers = { rate: countText(Math.max(1, Math.round(rate || 0))), left: clockFace(left || 0) };
    line.textContent = rate === null ? '' : fill(this.texts.rate_left, numbers);
  }

  /** @param {Snapshot} snapshot */
  showFigures(snapshot) {
    part(this.root, '[data-panel-figures]').hidden = snapshot.items_total < 2 || snapshot.final;
    const { items_prepared: prepared, items_sent: sent, items_answered: answered, items_signed: signed } = snapshot;
    for (const [name, count] of Object.entries({ prepared, sent, answered, signed })) {
      part(this.root, `[data-figure="${name}"]`).textContent = countText(count);
    }
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
}
