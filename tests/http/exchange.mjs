// SPDX-License-Identifier: Apache-2.0
//
// Agencies of a running exchange that are called over HTTP, and a system that
// is called by one of them.
import { createHmac, timingSafeEqual } from 'node:crypto';
import { appendFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';

import { until } from '../support/until.mjs';
import { withHttp } from './office.mjs';
import { makeAuthority } from './papers.mjs';

/** Starts the agency's adapter anew with these settings; an office. */
export async function connect(exchange, id, more = {}) {
  const agency = exchange.agency(id);
  const lines = { http_listen: '127.0.0.1:0', ...more };
  appendFileSync(agency.settings,
    Object.entries(lines).map(([name, value]) => `${name} = ${value}\n`).join(''));
  return withHttp({ ...agency, start: () => restart(exchange, id) });
}

export async function restart(exchange, id, signal = 'SIGTERM') {
  const before = exchange.log(id).length;
  await exchange.end(id, signal);
  exchange.start(id);
  await until(`${id} is ready`, () => / ready: /.test(exchange.log(id).slice(before)));
  return { said: exchange.log(id).slice(before) };
}

/**
 * The agency's own system as a web server (HTTPS). `answer(letter)` gives the status
 * of each post; `posts` are those whose signature holds, in their order.
 */
export async function openReceiver(agency, answer = () => 200) {
  const secret = Buffer.alloc(32, 7);
  writeFileSync(agency.path('webhook.secret'), `whsec_${secret.toString('base64')}\n`);
  const receiver = { posts: [], bad: [], answer, settings: {} };
  const holds = ({ headers, body }) => {
    const { 'webhook-id': id, 'webhook-timestamp': at, 'webhook-signature': given } = headers;
    const made = createHmac('sha256', secret).update(`${id}.${at}.`).update(body).digest();
    const [version, text] = given.split(',');
    return version === 'v1' && Math.abs(Date.now() / 1000 - Number(at)) < 300 &&
      timingSafeEqual(made, Buffer.from(text, 'base64'));
  };
  const papers = makeAuthority(agency.path(), 'house');
  const right = papers.issue('receiver');
  const wrong = makeAuthority(agency.path(), 'foreign').issue('receiver');
  const server = createServer(right, async (request, response) => {
    const pieces = [];
    for await (const piece of request) pieces.push(piece);
    const { headers } = request;
    const post = {
      headers, body: Buffer.concat(pieces), id: headers['webhook-id'],
      type: headers['yisong-type'], caseId: headers['yisong-case'],
    };
    if (!holds(post)) {
      receiver.bad.push(post);
      response.writeHead(401).end();
      return;
    }
    post.status = receiver.answer(post);
    receiver.posts.push(post);
    if (post.status === 0) request.socket.destroy();
    else response.writeHead(post.status).end();
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  receiver.settings = {
    webhook_url: `https://127.0.0.1:${server.address().port}/letters`,
    webhook_secret: 'webhook.secret',
    webhook_authority: papers.path,
  };
  receiver.accepted = () => receiver.posts.filter(({ status }) => status === 200);
  /** From now on somebody else answers at this address, or we again. */
  receiver.present = (isUs) => {
    server.setSecureContext(isUs ? right : wrong);
    server.closeAllConnections();
  };
  receiver.close = () => {
    server.closeAllConnections();
    server.close();
  };
  return receiver;
}
