// @ts-check
// Live snapshots of one thing (a sign request, a pairing). The socket only brings news early: after every (re)connect the
// whole state is asked for again, and while there is no socket it is read over HTTP. A snapshot that is older than
// the one shown is dropped, so the order of arrival does not matter.

import { io } from '../vendor/socket.io.esm.min.js';
import { getJson } from './server.js';

const POLL_EVERY = 2000;

/**
 * @typedef {object} Watch
 * @property {string} event the news: "request" or "pairing"
 * @property {Record<string, string>} ask what to say in "watch"
 * @property {string} snapshotUrl
 * @property {(snapshot: any) => boolean} show shows a snapshot; true when there is nothing more to wait for
 */

/**
 * @param {Watch} watch
 * @returns {{ stop: () => void, take: (snapshot: any) => void }}
 */
export function follow(watch) {
  const note = document.getElementById('connection-note');
  let version = -1;
  let stopped = false;
  let asking = false;
  let failures = 0;

  const socket = io('/browser', { transports: ['websocket'], reconnectionDelayMax: 5000 });

  function stop() {
    stopped = true;
    clearInterval(timer);
    socket.disconnect();
    if (note) note.hidden = true;
  }

  /** @param {any} snapshot */
  function take(snapshot) {
    if (stopped || !snapshot || !isOurs(snapshot)) return;
    if (typeof snapshot.version === 'number') {
      if (snapshot.version < version) return;
      version = snapshot.version;
    }
    failures = 0;
    if (note) note.hidden = true;
    if (watch.show(snapshot)) stop();
  }

  /** @param {any} snapshot */
  function isOurs(snapshot) {
    return Object.entries(watch.ask).every(([name, value]) => snapshot[name] === value);
  }

  async function read() {
    if (asking || stopped) return;
    asking = true;
    try {
      take(await getJson(watch.snapshotUrl));
    } catch {
      failures += 1;
      if (note && failures > 1) note.hidden = false;
    } finally {
      asking = false;
    }
  }

  socket.on('connect', () => {
    socket.timeout(5000).emit('watch', watch.ask, (/** @type {unknown} */ error, /** @type {any} */ reply) => {
      if (error || !reply || !reply.ok) void read();
      else take(reply.ok);
    });
  });
  socket.on(watch.event, take);

  const timer = setInterval(() => {
    if (!socket.connected) void read();
  }, POLL_EVERY);
  void read();
  return { stop, take };
}
