// @ts-check
// How a request ended, in words: from the last snapshot to title, text and who signed when.

import { dateTime } from './clock.js';
import { fill } from './facts.js';
import { countText } from './panel_steps.js';

/** @typedef {import('./panel_steps.js').Snapshot} Snapshot */

/**
 * The words for a state; an end result knows more than the state it ended in, and how many were signed more than both.
 * @param {Snapshot} snapshot
 * @param {any} texts
 */
export function wordsOf(snapshot, texts) {
  const state = texts.states[snapshot.state];
  if (!snapshot.final) return state;
  if (snapshot.state === 'COMPLETED') {
    if (snapshot.items_signed === snapshot.items_total) return snapshot.items_total > 1 ? texts.all_of_many : state;
    if (snapshot.items_signed) return texts.partly;
  }
  if (snapshot.continued_by) return { ...state, ...texts.continued };
  const key = snapshot.end_result && snapshot.end_result !== 'ok' ? texts.end_results[snapshot.end_result] : null;
  return { ...state, ...key };
}

/**
 * @param {Snapshot} snapshot
 * @param {any} words
 * @param {any} texts
 * @param {string} devices
 * @returns {{ title: string, text: string, reason: string, who: string, took: string }} empty where there is nothing to say
 */
export function resultOf(snapshot, words, texts, devices) {
  const counts = { ...leftOutOf(snapshot), signed: countText(snapshot.items_signed), devices };
  const only = snapshot.items_total === 1 ? snapshot.documents[0] : null;
  const reason = (!snapshot.continued_by && snapshot.reason) || (only && only.state === 'REFUSED' && only.reason) || '';
  const signed = snapshot.items_signed && snapshot.finished_at;
  const who = { name: snapshot.subscriber, device: snapshot.signing_device || texts.your_phone, when: dateTime(snapshot.finished_at || 0) };
  return {
    title: fill(words.title || words.words, counts),
    text: [fill(words.text || '', counts), ...leftOver(snapshot, texts)].join(' ').trim(),
    reason: reason ? fill(texts.reason, { reason }) : '',
    who: signed ? fill(texts.who_when, who) : '',
    took: signed ? took(snapshot, texts) : '',
  };
}

/**
 * How many the phone would not sign, of how many; the others were taken back.
 * @param {Snapshot} snapshot
 */
export function leftOutOf(snapshot) {
  return { count: countText(snapshot.items_failed - snapshot.items_cancelled), total: countText(snapshot.items_total) };
}

/**
 * What became of the ones that were not signed.
 * @param {Snapshot} snapshot
 * @param {any} texts
 */
function leftOver(snapshot, texts) {
  if (!snapshot.items_signed) return [];
  const failed = snapshot.items_failed - snapshot.items_cancelled;
  const told = [
    [snapshot.items_cancelled, texts.cancelled_some],
    [snapshot.items_refused, texts.refused_some],
    [failed, texts.failed_some],
  ];
  return told.filter(([count]) => count).map(([count, text]) => fill(text, { count: countText(Number(count)) }));
}

/**
 * From the person's consent to the last checked file.
 * @param {Snapshot} snapshot
 * @param {any} texts
 */
function took(snapshot, texts) {
  if (snapshot.items_total < 2 || !snapshot.approved_at || !snapshot.finished_at) return '';
  const seconds = Math.max(snapshot.finished_at - snapshot.approved_at, 100) / 1000;
  const number = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 1 });
  const rate = countText(Math.round(snapshot.items_signed / seconds));
  return fill(texts.took, { count: countText(snapshot.items_signed), seconds: number.format(seconds), rate });
}
