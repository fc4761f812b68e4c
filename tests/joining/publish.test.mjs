// SPDX-License-Identifier: Apache-2.0
//
// yisong agencies publish: the registry reaches agencies that keep their own
// copy, over the exchange; what came too early from a newcomer is taken then.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { draft, toJson } from '../support/letters.mjs';
import { mustYisong, names, openLandscape, runYisong } from '../support/landscape.mjs';
import { until } from '../support/until.mjs';

const { police, court } = names;
const newcomer = 'ecology-suizhou';
let exchange;

/** The agency reads a copy of the registry that is its own. */
async function keepOwnCopy(id) {
  const folder = exchange.path(id, 'agencies');
  mkdirSync(folder);
  for (const name of ['authority.pem', 'registry.xml']) {
    cpSync(join(exchange.centre, name), join(folder, name));
  }
  const { settings } = exchange.agency(id);
  writeFileSync(settings, readFileSync(settings, 'utf8').replace(/^agencies = .*$/m, 'agencies = agencies'));
  await exchange.end(id, 'SIGTERM');
  exchange.start(id);
}

const centreSettings = () => exchange.path('exchange', 'router.conf');
const publish = (path) => runYisong(['agencies', 'publish', path, '-c', centreSettings()]);
function pack(name = 'registry.package') {
  mustYisong('agencies', 'package', exchange.centre, '--out', exchange.path(name));
  return exchange.path(name);
}
const registered = (id) => JSON.parse(
  mustYisong('agencies', 'list', exchange.path(id, 'agencies'), '--json')).map((agency) => agency.id);

before(async () => {
  exchange = openLandscape();
  pack('old.package');
  await keepOwnCopy(police);
  await keepOwnCopy(court);
  mustYisong('agencies', 'add', exchange.centre, '--id', newcomer, '--role', 'ecology',
    '--chinese', '随州市生态环境局', '--english', newcomer, '--region', '421300', '--level', 'city',
    '--out', exchange.path(newcomer, 'keys'));
  writeFileSync(exchange.path(newcomer, 'adapter.conf'),
    readFileSync(exchange.agency(names.ecology).settings, 'utf8').replace(names.ecology, newcomer));
  writeFileSync(exchange.path('definitions.json'), mustYisong('topology', '--agencies', exchange.centre));
  execFileSync(join(process.env.YISONG_SOURCE, 'landscape', 'broker.sh'),
    ['ctl', exchange.folder, '-q', 'import_definitions', exchange.path('definitions.json')]);
  exchange.start(newcomer);
});
after(() => exchange?.close());

test('a letter that came before the registry did is set aside, and taken when it comes', async () => {
  const office = exchange.agency(newcomer);
  await until('the newcomer has its folder', () => {
    try {
      return office.files('out');
    } catch {
      return null;
    }
  });
  office.put('early.json', toJson(draft('criminal-case-transfer', 'early-1')));
  await office.settled('early.json', 'submitted');
  await until('the police set it aside', () => /quarantine: letter .*UNKNOWN_AGENCY/.test(exchange.log(police)));
  const sent = publish(pack());
  assert.equal(sent.status, 0, sent.err);
  assert.match(sent.out, /7 agencies/);
  await exchange.agency(police).arrived('early-1', 'criminal-case-transfer');
  await office.settled('early.json', 'delivered');
  assert.ok(registered(police).includes(newcomer));
});

test('who is off gets it on coming back', async () => {
  await until('the court has the one before', () => registered(court).includes(newcomer));
  await exchange.end(court, 'SIGTERM');
  mustYisong('agencies', 'revoke', exchange.centre, newcomer, '--reason', 'x');
  assert.equal(publish(pack()).status, 0);
  exchange.start(court);
  await until('the court knows', () => JSON.parse(
    mustYisong('agencies', 'list', exchange.path(court, 'agencies'), '--json'))
    .find((agency) => agency.id === newcomer).revoked);
});

test('an old one is passed over, one of another authority too, and letters go on', async () => {
  const before = readFileSync(exchange.path(police, 'agencies', 'registry.xml'));
  assert.equal(publish(exchange.path('old.package')).status, 0);
  await until('it is told', () => /registry that came is not taken: .*REGISTRY_OLD/.test(exchange.log(police)));
  assert.deepEqual(readFileSync(exchange.path(police, 'agencies', 'registry.xml')), before);
  assert.equal(runYisong(['doctor', '-c', exchange.agency(police).settings]).status, 0);
});

test('a registry that the router could not read is looked at again, though its time is the same', async () => {
  const path = join(exchange.centre, 'registry.xml');
  const whole = readFileSync(path);
  const from = exchange.log('router').length;
  const at = new Date();
  const lay = (bytes) => {
    writeFileSync(`${path}.new`, bytes);
    utimesSync(`${path}.new`, at, at);
    renameSync(`${path}.new`, path);
  };
  const says = (words) => until(`the router says: ${words}`, () =>
    exchange.log('router').slice(from).includes(words));
  lay(whole.subarray(0, 100));
  await says('registry not taken');
  lay(whole);
  await says('registry read again');
});

test('the centre sends only what agencies would take', () => {
  mustYisong('agencies', 'init', exchange.path('other'));
  mustYisong('agencies', 'package', exchange.path('other'), '--out', exchange.path('other.package'));
  assert.match(publish(exchange.path('other.package')).err, /SIGNATURE/);
  writeFileSync(exchange.path('no.package'), 'x');
  assert.equal(publish(exchange.path('no.package')).status, 1);
  assert.equal(publish('/nonexistent').status, 2);
});

test('the authority\'s own folder is not written to by adapters', () => {
  const text = exchange.log(names.bank);
  assert.doesNotMatch(text, /registry number|not taken/);
});
