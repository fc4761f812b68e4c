// SPDX-License-Identifier: Apache-2.0
//
// `yisong topology`: the rights of each user are exactly these. And broker.sh:
// it tells what is wrong and leaves nothing running.
import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { after, test } from 'node:test';

import { makeBroker, yisong } from '../support/broker.mjs';

const broker = makeBroker(['ecology-nanchang', 'police-nanchang']);
after(() => broker.remove());

const topology = (...words) =>
  spawnSync(process.env.YISONG, ['topology', ...words], { encoding: 'utf8' });
const rowOf = (rows, name) => rows.find((row) => row.name === name);

test('each agency may write to its own exchange and read its own inbox', () => {
  const { permissions } = broker.definitions();
  assert.deepEqual(permissions, [
    { vhost: 'yisong', user: 'exchange', configure: '^$', write: '^(deliver|courier|evidence\\.in)$',
      read: '^(submit\\.[0-9]+|evidence\\.out\\..*)$' },
    ...['ecology-nanchang', 'police-nanchang'].map((id) => (
      { vhost: 'yisong', user: id, configure: '^$', write: `^(evidence\\.)?out\\.${id}$`,
        read: `^(evidence\\.)?in\\.${id}$` })),
  ]);
});

test('no user has a password, a tag or more connections than it needs', () => {
  for (const user of broker.definitions().users) {
    assert.equal(user.password_hash, '');
    assert.deepEqual(user.tags, []);
    assert.ok(user.limits['max-connections'] <= 64);
  }
});

test('nobody can publish to the exchanges between', () => {
  const { exchanges } = broker.definitions();
  for (const name of ['submit', 'dead', 'unroutable']) {
    assert.equal(rowOf(exchanges, name).internal, true);
  }
  assert.equal(rowOf(exchanges, 'submit').arguments['hash-property'], 'correlation_id');
  assert.equal(rowOf(exchanges, 'deliver').arguments['alternate-exchange'], 'unroutable');
});

test('an out exchange leads to submit and nowhere else', () => {
  const { bindings } = broker.definitions();
  for (const { source, destination } of bindings.filter((row) => row.source.startsWith('out.'))) {
    assert.equal(destination, 'submit', source);
  }
  assert.equal(bindings.filter((row) => row.source === 'out.ecology-nanchang').length, 1);
});

test('evidence on its way is bounded, and goes only between an agency and the centre', () => {
  const { bindings, policies } = broker.definitions();
  const { definition, pattern } = rowOf(policies, 'evidence');
  assert.equal(pattern, '^evidence\\.');
  assert.equal(definition.overflow, 'reject-publish');
  assert.ok(definition['max-length-bytes'] <= 64 << 20);
  const ways = bindings.filter((row) => row.source.startsWith('evidence.'))
    .map((row) => `${row.source} ${row.destination} ${row.routing_key}`);
  assert.deepEqual(ways.sort(), [
    'evidence.in evidence.in.ecology-nanchang ecology-nanchang',
    'evidence.in evidence.in.police-nanchang police-nanchang',
    'evidence.out.ecology-nanchang evidence.out.ecology-nanchang ',
    'evidence.out.police-nanchang evidence.out.police-nanchang ',
  ]);
});

test('every queue is a quorum queue, but for evidence on its way; submit has one active consumer', () => {
  const { queues } = broker.definitions();
  for (const queue of queues) {
    assert.equal(queue.durable, true);
    assert.equal(queue.arguments['x-queue-type'], queue.name.startsWith('evidence.') ? 'classic' : 'quorum');
    assert.equal(queue.arguments['x-single-active-consumer'] ?? false, queue.name.startsWith('submit.'));
  }
});

test('the number of shards and the vhost can be chosen', () => {
  const { stdout } = topology('--agencies', broker.path('centre'), '--shards', '5', '--vhost', 'a"b');
  const { queues, vhosts } = JSON.parse(stdout);
  assert.equal(queues.filter(({ name }) => name.startsWith('submit.')).length, 5);
  assert.deepEqual(vhosts, [{ name: 'a"b' }]);
});

test('wrong use is exit 2', () => {
  assert.equal(topology().status, 2);
  assert.equal(topology('--agencies', broker.path('centre'), '--shards', '0').status, 2);
  assert.equal(topology('--agencies', '/nonexistent').status, 2);
});

test('a revoked agency keeps its inbox and loses its rights', () => {
  yisong('agencies', 'revoke', broker.path('centre'), 'police-nanchang', '--reason', 'test');
  const { permissions, queues } = JSON.parse(yisong('topology', '--agencies', broker.path('centre')));
  assert.deepEqual(
    permissions.find(({ user }) => user === 'police-nanchang'),
    { vhost: 'yisong', user: 'police-nanchang', configure: '^$', write: '^$', read: '^$' });
  assert.ok(rowOf(queues, 'in.police-nanchang'));
});

// The processes whose environment names our folder. The broker's helpers end
// a moment after it.
function processesOf(folder) {
  const look = () =>
    execFileSync('sh', ['-c', 'grep -lsa "$1" /proc/[0-9]*/environ || true', 'sh', `HOME=${folder}/`],
      { encoding: 'utf8' }).trim();
  for (let tries = 0; tries < 200 && look(); tries++);
  return look();
}

test('broker.sh says no to definitions that RabbitMQ cannot read', () => {
  const good = readFileSync(broker.path('definitions.json'), 'utf8');
  writeFileSync(broker.path('definitions.json'), good.slice(0, -20));
  assert.throws(() => broker.start(), /definitions\.json/);
  assert.equal(processesOf(broker.folder), '');
  writeFileSync(broker.path('definitions.json'), good);
});

test('broker.sh starts once, tells its address, stops whole', () => {
  const port = broker.start();
  assert.equal(broker.status().trim(), `amqps://127.0.0.1:${port}`);
  assert.throws(() => broker.start(), /runs already/);
  broker.stop();
  assert.throws(() => broker.status());
  assert.equal(processesOf(broker.folder), '');
  assert.equal(broker.start(), port);
  broker.kill();
  assert.equal(processesOf(broker.folder), '');
});
