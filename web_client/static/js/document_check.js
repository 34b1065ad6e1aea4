// @ts-check
// A document that is still being checked: ask until the check is over, then show the page anew.

import { part } from './facts.js';
import { Refused, getJson } from './server.js';

const url = part(document, '[data-document-check]').dataset.stateUrl || '';

async function ask() {
  try {
    if ((await getJson(url)).state === 'CHECKING') return;
  } catch (error) {
    if (!(error instanceof Refused)) return; // no network for a moment
  }
  location.reload();
}

setInterval(() => void ask(), 2000);
