// SPDX-License-Identifier: Apache-2.0
//
// The AsyncAPI document: valid by the official schema, the same that the
// program prints, and neither more nor less than what RabbitMQ lets an agency
// do, by `yisong topology` and by the definitions of a running broker.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import Ajv from 'ajv';

import { makeBroker } from '../support/broker.mjs';
import { openClient } from '../support/amqp_client.mjs';

const source = process.env.YISONG_SOURCE;
const document = JSON.parse(readFileSync(join(source, 'broker-adapters', 'asyncapi.json'), 'utf8'));
const agency = 'ecology-nanchang';
const filled = JSON.parse(JSON.stringify(document).replaceAll('{agency}', agency));

const schema = createRequire(import.meta.url)('@asyncapi/specs/schemas/3.0.0-without-$id.json');
const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
const isValid = ajv.compile(schema);

let broker;
before(() => {
  broker = makeBroker([agency, 'police-nanchang']);
  broker.start();
});
after(() => {
  broker?.kill();
  broker?.remove();
});

test('the document is valid AsyncAPI 3.0', () => {
  assert.ok(isValid(document), JSON.stringify(isValid.errors, null, 1));
});

test('a document with a mistake is found by the same schema', () => {
  for (const spoil of [
    (wrong) => delete wrong.info.version,
    (wrong) => { wrong.operations.submit.action = 'publish'; },
    (wrong) => { wrong.channels.in.bindings.amqp.is = 'topic'; },
  ]) {
    const wrong = structuredClone(document);
    spoil(wrong);
    assert.equal(isValid(wrong), false, spoil.toString());
  }
});

test('every reference leads somewhere, every component is used', () => {
  const text = JSON.stringify(document);
  const references = [...text.matchAll(/"\$ref":"#\/([^"]+)"/g)].map(([, path]) => path);
  for (const path of references) {
    const found = path.split('/').reduce((value, part) => value?.[part], document);
    assert.ok(found, path);
  }
  for (const [kind, members] of Object.entries(document.components)) {
    for (const name of Object.keys(members)) {
      assert.ok(references.includes(`components/${kind}/${name}`), `${kind}/${name}`);
    }
  }
});

test('yisong asyncapi prints it, and with an agency\'s names filled in', () => {
  const print = (...words) => spawnSync(process.env.YISONG, ['asyncapi', ...words], { encoding: 'utf8' }).stdout;
  assert.deepEqual(JSON.parse(print()), document);
  assert.deepEqual(JSON.parse(print('--agency', agency)), filled);
});

const channelsOf = (action) => Object.values(filled.operations)
  .filter((operation) => operation.action === action)
  .map(({ channel }) => filled.channels[channel.$ref.split('/').pop()]);

test('an agency may write and read exactly the channels of the document', () => {
  const definitions = broker.definitions();
  const rights = definitions.permissions.find(({ user }) => user === agency);
  const allowed = (pattern, rows) =>
    rows.map(({ name }) => name).filter((name) => new RegExp(pattern).test(name)).sort();
  assert.deepEqual(channelsOf('send').map(({ address }) => address).sort(),
    allowed(rights.write, definitions.exchanges));
  assert.deepEqual(channelsOf('receive').map(({ address }) => address).sort(),
    allowed(rights.read, definitions.queues));
  assert.equal(rights.configure, '^$');
});

test('the bindings tell what the running broker has', () => {
  const running = (what, ...columns) => broker.ctl('--vhost', 'yisong', `list_${what}`, ...columns,
    '--no-table-headers').trim().split('\n').map((line) => line.split('\t'));
  const exchanges = running('exchanges', 'name', 'type', 'durable', 'auto_delete');
  const queues = running('queues', 'name', 'durable', 'auto_delete', 'exclusive');
  for (const { bindings: { amqp: told } } of Object.values(filled.channels)) {
    assert.equal(told.is === 'queue', Boolean(told.queue));
    if (told.exchange) {
      const { name, type, durable, autoDelete } = told.exchange;
      assert.deepEqual(exchanges.find(([found]) => found === name), [name, type, `${durable}`, `${autoDelete}`]);
    } else {
      const { name, durable, autoDelete, exclusive } = told.queue;
      // A quorum queue tells nothing here: it can be no one connection's own.
      const [, ...found] = queues.find(([other]) => other === name);
      assert.deepEqual(found.map((value) => value || 'false'), [durable, autoDelete, exclusive].map(String));
    }
    assert.equal((told.exchange ?? told.queue).vhost, 'yisong');
  }
  const [vhost] = broker.definitions().vhosts;
  assert.equal(document.servers.exchange.pathname, `/${vhost.name}`);
});

test('the properties told are those that the broker and the centre insist on', async () => {
  const told = document.components.messages.letterJson['x-amqp-properties'];
  assert.deepEqual(Object.keys(told).sort(),
    ['content_type', 'correlation_id', 'delivery_mode', 'message_id', 'type', 'user_id']);
  const client = await openClient(broker.port, {
    id: agency, path: (folder, name) => broker.path(agency, name),
  });
  const letter = { bytes: Buffer.from('{}'), id: 'x', type: 'x', caseId: 'x' };
  await client.publish(letter); // the broker takes what the document says
  await assert.rejects(client.publish(letter, { userId: 'police-nanchang' }));
  await client.close();
});

test('the header of the document is that of the schema', () => {
  const { definitions } = JSON.parse(spawnSync(process.env.YISONG, ['schema', 'json'],
    { encoding: 'utf8', maxBuffer: 1 << 26 }).stdout.replaceAll('$defs', 'definitions'));
  const { Header } = document.components.schemas;
  const known = definitions.Header;
  for (const name of Object.keys(Header.properties)) assert.ok(known.properties[name], name);
  for (const name of known.required) assert.ok(Header.properties[name], name);
});
