// SPDX-License-Identifier: Apache-2.0
//
// An agency with a good certificate and bad manners, by raw AMQP: what the
// broker lets it do, and where its letters can go.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { makeBroker } from '../support/broker.mjs';
import { openRaw } from '../support/raw_amqp.mjs';

const broker = makeBroker(['ecology-nanchang', 'police-nanchang', 'bank-nanchang']);
const refused = { access: 403, name: '20.40' };

before(() => broker.start());
after(() => {
  broker.kill();
  broker.remove();
});

const open = (agency, options) => openRaw(broker.port, broker.tls(agency), options);

async function expectRefused(agency, act) {
  const client = await open(agency);
  const answer = await act(client);
  client.close();
  assert.equal(answer.name, refused.name);
  assert.equal(answer.code, refused.access, answer.text);
}

test('the broker offers nothing but EXTERNAL', async () => {
  const client = await open('ecology-nanchang');
  assert.match(client.offered, /EXTERNAL/);
  assert.doesNotMatch(client.offered, /PLAIN|AMQPLAIN/);
  client.close();
});

test('a password is refused', async () => {
  await assert.rejects(async () => {
    const client = await open('ecology-nanchang', { mechanism: 'PLAIN' });
    client.close();
    if (client.last.name === '10.50') throw new Error(client.last.text);
  });
});

test('nobody comes in without a certificate', async () => {
  await assert.rejects(open(undefined), /certificate|ECONNRESET|closed/i);
});

test('CC and BCC lead nowhere', async () => {
  const agency = await open('ecology-nanchang');
  const names = ['police-nanchang', 'in.police-nanchang', 'submit.0', 'submit.1', 'deliver'];
  const answer = await agency.publish('out.ecology-nanchang', '', {
    caseId: 'hostile',
    headers: { CC: names, BCC: names },
  });
  assert.equal(answer.name, '60.80'); // confirmed
  agency.close();

  const police = await open('police-nanchang');
  assert.equal((await police.get('in.police-nanchang')).name, '60.72'); // empty
  police.close();

  // Letters that came after it, in both queues: whatever copy there is of the
  // first one comes before them.
  const others = Array.from({ length: 20 }, (_, place) => `later-${place}`);
  const later = await open('ecology-nanchang');
  for (const caseId of others) await later.publish('out.ecology-nanchang', '', { caseId });
  later.close();
  const seen = await readAll(['submit.0', 'submit.1'], others.length + 1);
  assert.equal(seen.filter((header) => header.includes('hostile')).length, 1);
  assert.equal(seen.filter((header) => header.includes('later-')).length, others.length);
});

// The headers of the next letters in these queues.
async function readAll(queues, count) {
  const router = await open('exchange');
  const seen = [];
  for (const queue of queues) await router.consume(queue);
  while (seen.length < count) seen.push(await router.nextLetter());
  router.close();
  return seen;
}

test('an agency declares, binds and deletes nothing', async () => {
  const acts = {
    'a queue': (client) => client.declareQueue('mine'),
    'a queue that the server names': (client) => client.declareQueue(''),
    'an exchange': (client) => client.declareExchange('mine'),
    'its inbox to another exchange': (client) =>
      client.bind('in.ecology-nanchang', 'out.police-nanchang'),
    'the inbox of another': (client) => client.deleteQueue('in.police-nanchang'),
    'the letters of another': (client) => client.purge('in.police-nanchang'),
    'a letter of another': (client) => client.get('in.police-nanchang'),
  };
  for (const act of Object.values(acts)) await expectRefused('ecology-nanchang', act);
});

test('the router declares nothing either', async () => {
  await expectRefused('exchange', (client) => client.declareQueue('mine'));
  await expectRefused('exchange', (client) => client.deleteQueue('submit.0'));
});

test('a revoked agency is shut out, the others are not', async () => {
  (await open('bank-nanchang')).close();
  broker.revoke('bank-nanchang');
  await assert.rejects(open('bank-nanchang'), /revoked|ECONNRESET|closed/i);
  (await open('ecology-nanchang')).close();
});
