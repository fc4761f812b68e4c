// SPDX-License-Identifier: Apache-2.0
//
// An agency's machine whose adapter works on a database of the agency's own.
import { appendFileSync } from 'node:fs';

import { openDesk } from '../adapter/desk.mjs';
import { makers } from './databases.mjs';

export const configure = (settings, lines) => appendFileSync(settings,
  Object.entries(lines).map(([name, value]) => `${name} = ${value}\n`).join(''));

/** `kind` of database; `more` lines of the settings file. Without a broker. */
export async function openTableOffice(kind, more = {}) {
  const db = await makers[kind]();
  const desk = openDesk();
  configure(desk.settings, { table_look: 1, ...db.settings, ...more });
  return {
    ...desk, db,
    outbox: () => desk.list('outbox', '--most', '100000'),
    async close() {
      desk.close();
      await db.close();
    },
  };
}
