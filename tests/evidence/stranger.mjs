// SPDX-License-Identifier: Apache-2.0
//
// The words of evidence by hand (npm amqplib): an agency without our adapter,
// or one with bad manners.
import { readFileSync } from 'node:fs';

import amqplib from 'amqplib';

import { until } from '../support/until.mjs';
import { digest } from './files.mjs';

const never = () => {};

export async function openStranger(port, agency) {
  const key = (name) => readFileSync(agency.path('keys', name));
  const connection = await amqplib.connect(
    { protocol: 'amqps', hostname: 'localhost', port, vhost: 'yisong' },
    { ca: [key('authority.pem')], cert: key('tls.pem'), key: key('tls.key'),
      credentials: amqplib.credentials.external() });
  connection.on('error', never);
  const channel = await connection.createConfirmChannel();
  channel.on('error', never);
  const heard = [];
  const counts = { nacked: 0 };
  await channel.consume(`evidence.in.${agency.id}`, (message) => {
    if (!message) return;
    const { type, correlationId, messageId, headers } = message.properties;
    heard.push({ word: type.replace('evidence-', ''), transfer: correlationId, note: messageId,
      number: Number(headers?.sequence ?? 0), bytes: message.content });
  }, { noAck: true });
  /** Says a word; resolves when the broker took it or not. */
  const say = (word, transfer, { number = 0, note = '', bytes = Buffer.alloc(0), to, user } = {}) =>
    new Promise((resolve) => {
      channel.publish(to ?? `evidence.out.${agency.id}`, '', bytes, {
        type: `evidence-${word}`, correlationId: transfer, messageId: note,
        userId: user ?? agency.id, headers: { sequence: { '!': 'int64', value: number } },
      }, (error) => {
        counts.nacked += error ? 1 : 0;
        resolve(!error);
      });
    });
  return {
    say, heard, counts, channel,
    offer: (transfer, bytes, size = bytes.length) =>
      say('offer', transfer, { number: size, note: digest(bytes) }),
    chunk: (transfer, number, bytes, note = digest(bytes)) =>
      say('chunk', transfer, { number, note, bytes }),
    /** The first word of one of these kinds about this transfer from place `from` on. */
    answer: (transfer, kinds, from = 0) =>
      until(`${agency.id} hears ${kinds} of ${transfer}`, () =>
        heard.slice(from).find((one) => one.transfer === transfer && kinds.includes(one.word))),
    close: () => connection.close().catch(never),
  };
}
