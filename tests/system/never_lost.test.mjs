// SPDX-License-Identifier: Apache-2.0
//
// Never lost, never twice: letters from several agencies over many cases, by
// folder and by AMQP, while router, adapters and RabbitMQ are killed with
// SIGKILL. The long form is bench/chaos.sh; YISONG_SEED repeats a run.
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';

import { openClient } from '../support/amqp_client.mjs';
import { openKiller } from '../support/killer.mjs';
import { names, openLandscape } from '../support/landscape.mjs';
import { draft, openSigner } from '../support/letters.mjs';
import { openOffices } from '../support/offices.mjs';
import { chooseSeed, openRandom } from '../support/random.mjs';
import { becomesQuiet, readAll, reckon } from '../support/reckoning.mjs';
import { until } from '../support/until.mjs';

const size = { cases: 100, kills: 24, brokerKills: 2, seconds: 600 };
const seed = chooseSeed();

let exchange, offices, killer;
before(() => { exchange = openLandscape(); });
after(async () => {
  await killer?.stop();
  await offices?.close();
  exchange?.close();
});

test(`whatever is killed, every letter is accepted once or refused (YISONG_SEED=${seed})`, async (t) => {
  offices = openOffices(exchange, { cases: size.cases, random: openRandom(seed) });
  killer = openKiller(exchange, { ...size, random: openRandom(seed + 1), progress: offices.progress });

  const work = offices.work({ deadline: Date.now() + size.seconds * 1000 });
  await Promise.race([work, killer.failure]);
  const killed = await killer.finish();
  t.diagnostic(`${offices.letters.size} letters; killed: ${JSON.stringify(killed)}`);
  await becomesQuiet(exchange, offices, size.seconds);

  assert.deepEqual(reckon(exchange, offices), []);
});

test('the reckoning itself sees what is lost, doubled, changed or made up', () => {
  const world = readAll(exchange);
  const { letters, taken } = offices;
  const complains = (pattern, { bent = {}, more = letters, seen = taken }) =>
    assert.match(`${reckon(exchange, { letters: more, taken: seen }, { ...world, ...bent })}`, pattern);
  const [sent] = world.outbox.get(names.ecology).filter((one) =>
    one.type === 'criminal-case-transfer');
  const row = world.rows.find((one) => one.id === sent.id);
  const without = world.rows.filter((one) => one !== row);
  const [delivery] = row.deliveries;
  const receipt = world.answers.find((one) => one.type === 'delivery-receipt' && one.id === row.id);
  const inbox = (change) => new Map([...world.inbox].map(([id, rows]) => [id, change(rows)]));
  const isSame = (one) => one.id === row.id;
  const like = (one) => (isSame(one) ? { ...one, place: 1_000_000 } : one);
  const unsigned = { ...row, deliveries: [{ ...delivery, deliveredAt: undefined }, row.deliveries[1]] };

  complains(/0 times in the ledger/, { bent: { rows: without } });
  complains(/2 times in the ledger/, { bent: { rows: [...world.rows, row] } });
  complains(/nobody sent/, { more: new Map() });
  complains(/refused/, { bent: { rows: [...without, { ...row, outcome: 'refused' }] } });
  complains(/has not signed for it/, { bent: { rows: [...without, unsigned] } });
  complains(/other bytes/, { bent: { rows: [...without, { ...row, digest: receipt.id }] } });
  complains(/mailbox, \d+ accepted/, { bent: { inbox: inbox((rows) => rows.filter((one) => !isSame(one))) } });
  complains(/twice in the mailbox/, { bent: { inbox: inbox((rows) => [...rows, ...rows.filter(isSame)]) } });
  complains(/in the places/, { bent: { inbox: inbox((rows) => rows.map(like)) } });
  complains(/twice in in/, { seen: [...taken, taken[0]] });
  complains(/never in in/, { seen: taken.slice(1) });
  complains(/behind a later one/, { seen: [...taken].reverse() });
  complains(/missing: delivery-receipt/, { bent: { answers: world.answers.filter((one) => one !== receipt) } });
  complains(/which is not so/, { bent: { answers: [...world.answers, { ...receipt, id: 'made-up' }] } });
  complains(/in the outbox/, { bent: { outbox: new Map([['x', [{ ...receipt, state: 'sent' }]]]) } });
});

test('what was accepted in all that keeps its id: other content is refused', async () => {
  const ecology = exchange.agency(names.ecology);
  const first = [...offices.letters.values()].find((letter) =>
    letter.digest && letter.type === 'criminal-case-transfer');
  const other = openSigner(ecology).sign(
    draft(first.type, 'chaos.other', { header: { id: first.id } }));
  const client = await openClient(exchange.port(), ecology);
  await client.publish(other);
  const refusal = await until('its refusal', () => ecology.files('receipts')
    .filter((file) => /-refusal-.*json$/.test(file))
    .map((file) => JSON.parse(ecology.read('receipts', file)).body.refusal)
    .find((one) => one.digest === other.digest));
  assert.equal(refusal.code, 'ID_REUSED');
  await client.close();

  const [row] = exchange.case(first.caseId).letters.filter((letter) => letter.id === first.id);
  assert.equal(row.digest, first.digest);
});
