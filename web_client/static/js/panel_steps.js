// @ts-check
// From a snapshot to the four steps and the bar. Pure functions of it and the page's language.

import { timeOfDay } from './clock.js';
import { fill } from './facts.js';

/**
 * @typedef {object} Snapshot a sign request as the server tells it
 * @property {string} request_id
 * @property {string} state
 * @property {string | null} end_result
 * @property {string | null} reason
 * @property {string | null} continued_by the request that asks for the rest, where the phone would not sign some
 * @property {string} subscriber who signs
 * @property {number} created_at
 * @property {number} expires_at
 * @property {number | null} approved_at
 * @property {number | null} finished_at
 * @property {number} server_time
 * @property {string | null} verification_code
 * @property {number} items_total
 * @property {number} items_prepared
 * @property {number} items_sent
 * @property {number} items_answered signature values that the phone has handed in
 * @property {number} items_signed signed files
 * @property {number} items_refused
 * @property {number} items_failed cancelled ones too
 * @property {number} items_cancelled
 * @property {{ position: number, document_id: string, title: string, state: string, end_result: string | null,
 *   reason: string | null, signed_url: string | null }[]} documents
 * @property {{ name: string, state: string }[]} devices
 * @property {string | null} signing_device
 * @property {boolean} cancellable
 * @property {boolean} final
 * @property {number} version
 *
 * @typedef {{ name: string, state: 'done' | 'now' | 'later' | 'stopped', title: string, detail: string }} Step
 */

const ORDER = ['prepare', 'send', 'approve', 'embed'];
/** Which step a state is in. */
const STEP_OF = /** @type {Record<string, string>} */ ({
  PREPARING: 'prepare',
  QUEUED: 'send',
  PUSHED: 'approve',
  OPENED: 'approve',
  SIGNING: 'embed',
  ANSWERED: 'embed',
});

/**
 * @param {Snapshot} snapshot
 * @param {any} texts
 * @returns {Step[]}
 */
export function steps(snapshot, texts) {
  const now = snapshot.state === 'COMPLETED' ? ORDER.length : ORDER.indexOf(STEP_OF[snapshot.state] || 'prepare');
  return ORDER.map((name, index) => ({
    name,
    state: index < now ? 'done' : index === now ? 'now' : 'later',
    title: fill(texts.steps[name], { n: countText(snapshot.items_total) }),
    detail: index <= now ? detail(name, snapshot, texts) : '',
  }));
}

/**
 * @param {string} name
 * @param {Snapshot} snapshot
 * @param {any} texts
 */
function detail(name, snapshot, texts) {
  const names = snapshot.devices.map((device) => device.name).join(', ');
  const counts = grouped(numbers(snapshot));
  switch (name) {
    case 'prepare':
      return snapshot.state === 'PREPARING' ? fill(texts.prepared_count, counts) : timeOfDay(snapshot.created_at);
    case 'send':
      if (snapshot.state === 'QUEUED') return texts.no_phone_connected;
      return snapshot.devices.filter((device) => device.state !== 'offline').map((device) => device.name).join(', ') || names;
    case 'approve':
      if (snapshot.state === 'SIGNING' || snapshot.state === 'ANSWERED') {
        return snapshot.signing_device ? fill(texts.approved_on, { device: snapshot.signing_device }) : texts.approved;
      }
      return texts.nothing_signed;
    default:
      return fill(snapshot.state === 'SIGNING' ? texts.signed_by_phone : texts.embedded_count, counts);
  }
}

/** @param {Snapshot} snapshot */
function numbers(snapshot) {
  return {
    total: snapshot.items_total,
    prepared: snapshot.items_prepared,
    sent: snapshot.items_sent,
    answered: snapshot.items_answered,
    signed: snapshot.items_signed,
    written: snapshot.items_signed,
  };
}

/**
 * The bar never runs ahead of its label: both show the same count of the same thing, and from the approval to the end that is what is
 * written and checked, so that it never goes back. What the phone has signed already lies behind it in a paler colour (``ahead``).
 * @param {Snapshot} snapshot
 * @param {any} texts
 * @returns {{ value: number, ahead: number, label: string }}
 */
export function progress(snapshot, texts) {
  const counts = grouped(numbers(snapshot));
  switch (snapshot.state) {
    case 'PREPARING':
      return { value: snapshot.items_prepared, ahead: 0, label: fill(texts.prepared_count, counts) };
    case 'SIGNING':
    case 'ANSWERED':
      return { value: snapshot.items_signed, ahead: snapshot.items_answered, label: fill(texts.embedded_count, counts) };
    default:
      return { value: snapshot.items_signed, ahead: 0, label: fill(texts.signed_count, counts) };
  }
}

/** @param {number} count */
export function countText(count) {
  return new Intl.NumberFormat(document.documentElement.lang).format(count);
}

/**
 * @template {Record<string, number>} T
 * @param {T} counts
 * @returns {Record<keyof T, string>}
 */
function grouped(counts) {
  const texts = Object.entries(counts).map(([name, count]) => [name, countText(count)]);
  return /** @type {Record<keyof T, string>} */ (Object.fromEntries(texts));
}
