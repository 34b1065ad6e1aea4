// @ts-check
// One file on its way to the server. XMLHttpRequest, because fetch tells nothing about how much has been sent.

import { csrfToken } from './server.js';

/**
 * @typedef {{ status: number, told: any }} Answer `status` 0: the connection broke off
 */

/**
 * @param {string} url
 * @param {File} file
 * @param {string} type the media type of the body
 * @param {(bytes: number) => void} sent how much of the file has left
 * @returns {Promise<Answer>}
 */
export function uploadOne(url, file, type, sent) {
  return new Promise((done) => {
    const call = new XMLHttpRequest();
    call.open('POST', url);
    call.responseType = 'json';
    call.setRequestHeader('Accept', 'application/json');
    call.setRequestHeader('X-CSRFToken', csrfToken());
    call.setRequestHeader('Content-Type', type);
    call.setRequestHeader('X-File-Name', encodeURIComponent(file.name));
    call.upload.addEventListener('progress', (event) => sent(event.loaded));
    call.addEventListener('load', () => done({ status: call.status, told: call.response || {} }));
    call.addEventListener('error', () => done({ status: 0, told: {} }));
    call.send(file);
  });
}
