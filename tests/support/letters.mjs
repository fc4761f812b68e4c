// SPDX-License-Identifier: Apache-2.0
//
// Letters for the tests, made from tests/data/messages: drafts as an agency's
// system writes them (the adapter adds number, sender, time and signature),
// and whole letters signed here, by code that shares nothing with ours.
import { createHash, createPrivateKey, randomBytes, sign, X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { mustYisong } from './landscape.mjs';

const folder = join(process.env.YISONG_SOURCE, 'tests', 'data', 'messages');
const samples = new Map();

function sample(type) {
  if (!samples.has(type)) {
    samples.set(type, readFileSync(join(folder, `${type}.json`), 'utf8'));
  }
  return JSON.parse(samples.get(type));
}

export const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** RFC 9562 version 7. */
export function newId() {
  const bytes = Buffer.concat([Buffer.alloc(6), randomBytes(10)]);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

/** The manifest names files; without them nothing may point at one. */
function dropAttachments(value) {
  if (!value || typeof value !== 'object') return;
  delete value.attachment;
  for (const inner of Object.values(value)) dropAttachments(inner);
}

const minutesAgo = (count) => new Date(Date.now() - count * 60_000).toISOString();

/**
 * A letter of this type about this case; `header` adds to and replaces what
 * the sample says. `answers` is {id} or {id, digest}.
 */
export function draft(type, caseId, { header = {}, answers, body } = {}) {
  const { body: sampleBody, header: old } = sample(type);
  const letter = {
    header: {
      schemaVersion: '1', id: newId(), type, caseId, to: old.to,
      ...(old.copyTo && { copyTo: old.copyTo }),
      ...(old.decidedAt && { decidedAt: minutesAgo(5) }),
      ...(answers && { inReplyTo: answers }),
      ...(old.documentNumber && { documentNumber: old.documentNumber }),
      urgency: old.urgency,
      ...header,
    },
    body: sampleBody,
  };
  dropAttachments(letter.body);
  const [form] = Object.values(letter.body);
  if (form.acceptedAt) form.acceptedAt = minutesAgo(1);
  if (form.due) form.due = minutesAgo(-4320);
  Object.assign(form, body);
  return letter;
}

export const toJson = (letter) => JSON.stringify(letter);

/** The same as XML, by the program itself, which converts only whole letters. */
export function toXml(letter, agency) {
  const { header } = letter;
  const whole = { ...letter, header: { ...header, from: agency.id, sentAt: minutesAgo(0) } };
  const place = mkdtempSync(join(tmpdir(), 'yisong-letter.'));
  try {
    const file = join(place, 'letter.json');
    writeFileSync(file, toJson(whole));
    return mustYisong('convert', '--to', 'xml', file);
  } finally {
    rmSync(place, { recursive: true });
  }
}

/** The P-256 key of an agency: signs letters as a system of its own would. */
export function openSigner(agency) {
  const key = createPrivateKey(readFileSync(agency.path('keys', 'signing.key')));
  const certificate = new X509Certificate(readFileSync(agency.path('keys', 'signing.pem')));
  const header = Buffer.from('{"alg":"ES256"}').toString('base64url');
  const signBytes = (bytes) => {
    const input = `${header}.${Buffer.from(bytes).toString('base64url')}`;
    const value = sign('sha256', Buffer.from(input), { key, dsaEncoding: 'ieee-p1363' });
    return `${header}..${value.toString('base64url')}`;
  };
  return {
    signBytes,
    /** {bytes, jws, id, type, caseId, digest} of a whole letter. */
    sign(letter, { sequence = 1, ...more } = {}) {
      const { inReplyTo, ...header } = letter.header;
      const whole = {
        ...letter,
        header: {
          ...header, from: agency.id, sequence, sentAt: new Date().toISOString(),
          ...(inReplyTo && { inReplyTo }),
          certificate: sha256(certificate.raw), ...more,
        },
      };
      const bytes = Buffer.from(toJson(whole));
      const { id, type, caseId } = whole.header;
      return { bytes, jws: signBytes(bytes), id, type, caseId, digest: sha256(bytes) };
    },
  };
}
