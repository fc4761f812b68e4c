// SPDX-License-Identifier: Apache-2.0
//
// An agency with an AMQP client of its own instead of an adapter (npm amqplib,
// TLS client certificate, SASL EXTERNAL): it may send any bytes that its
// rights allow, and reads its own inbox queue.
import { readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

import amqplib from 'amqplib';

const never = () => {};

/** Opens the connection of an agency; `publish` resolves when confirmed. */
export async function openClient(port, agency) {
  const key = (name) => readFileSync(agency.path('keys', name));
  const connection = await amqplib.connect(
    { protocol: 'amqps', hostname: 'localhost', port, vhost: 'yisong' },
    {
      ca: [key('authority.pem')],
      cert: key('tls.pem'),
      key: key('tls.key'),
      credentials: amqplib.credentials.external(),
    });
  connection.on('error', never); // the pending call tells it
  const gone = new Promise((resolve) => { connection.once('close', resolve); });
  const channel = await connection.createConfirmChannel();
  channel.on('error', never);
  const closed = new Promise((resolve, reject) => {
    channel.once('close', () => reject(new Error('the channel was closed')));
  });
  closed.catch(never);

  return {
    connection,
    /** `letter` as openSigner().sign gives it; `wrong` replaces properties. */
    publish({ bytes, jws, id, type, caseId }, wrong = {}) {
      const { exchange = `out.${agency.id}`, ...properties } = wrong;
      const options = {
        messageId: id,
        correlationId: caseId,
        type,
        contentType: 'application/json',
        userId: agency.id,
        deliveryMode: 2,
        mandatory: true,
        headers: { ...(jws && { jws }) },
        ...properties,
      };
      const confirmed = new Promise((resolve, reject) => {
        channel.publish(exchange, '', bytes, options, (error) =>
          (error ? reject(error) : resolve()));
      });
      return Promise.race([confirmed, closed]);
    },
    /** Calls `take` with each letter of the inbox queue, once it is acknowledged. */
    consume: (take) =>
      channel.consume(`in.${agency.id}`, (delivery) => {
        if (!delivery) return;
        channel.ack(delivery);
        // What fails in here must fail the test, not close the channel.
        queueMicrotask(() => take({ bytes: delivery.content, properties: delivery.properties }));
      }),
    /** Also when the other side has gone, which answers nothing any more. */
    async close() {
      try {
        await Promise.race([connection.close(), gone]);
      } catch {
        // it was closed already
      }
    },
  };
}

/**
 * Publishes until the broker has confirmed, whatever happens to the broker
 * meanwhile: what was not confirmed goes again, byte for byte.
 */
export function openStubbornSender(port, agency) {
  const queue = [];
  let ended = false;
  let wake = never;

  async function publishAll(client) {
    while (queue.length) {
      await client.publish(queue[0]);
      queue.shift();
    }
  }
  async function run() {
    while (!ended) {
      try {
        const client = await openClient(port, agency);
        while (!ended) {
          await publishAll(client);
          await new Promise((resolve) => { wake = resolve; });
        }
        await client.close();
      } catch {
        await pause(200); // as every client does before it connects again
      }
    }
  }
  const running = run();
  return {
    send(letter) {
      queue.push(letter);
      wake();
    },
    left: () => queue.length,
    async close() {
      ended = true;
      wake();
      await running;
    },
  };
}
