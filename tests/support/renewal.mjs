// SPDX-License-Identifier: Apache-2.0
//
// New keys for an agency of a landscape, as it gets them: by request and
// approval, taken over when `join` is called.
import { cpSync, mkdirSync, rmSync } from 'node:fs';

import { mustYisong } from './landscape.mjs';

/** New keys for an agency whose folder has keys/, by request and approval. */
export function renewKeys(exchange, id, ...more) {
  const folder = exchange.path(id);
  // The landscape's agencies never enrolled: what a renewal reads is made up.
  const request = exchange.path(id, `${id}.request`);
  const known = JSON.parse(mustYisong('agencies', 'list', exchange.centre, '--json'))
    .find((agency) => agency.id === id);
  mkdirSync(exchange.path('scratch'), { recursive: true });
  mustYisong('agencies', 'enrol', exchange.path('scratch', id), '--id', id, '--chinese', known.chinese);
  cpSync(exchange.path('scratch', id, `${id}.request`), request);
  const heard = /fingerprint: (.*)/.exec(mustYisong('agencies', 'enrol', folder, '--id', id, '--renew'))[1];
  const out = exchange.path(`${id}-${Date.now()}.package`);
  const told = /of the authority: (.*)/.exec(mustYisong('agencies', 'approve', exchange.centre, request,
    '--renew', '--fingerprint', heard, '--out', out, ...more))[1];
  rmSync(exchange.path('scratch', id), { recursive: true });
  return { out, told, join: () => mustYisong('agencies', 'join', out, folder, '--fingerprint', told) };
}
