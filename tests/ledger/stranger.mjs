// SPDX-License-Identifier: Apache-2.0
//
// What a stranger's program needs to judge an exported case: Node's own crypto
// and routing/ledger/README.md. Nothing of ours is used.
import crypto from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';

const sha256 = (...pieces) => {
  const hash = crypto.createHash('sha256');
  pieces.forEach((piece) => hash.update(piece));
  return hash.digest();
};
const hex = (bytes) => bytes.toString('hex');

export const leafOf = (entry) => sha256(Buffer.from([0]), entry);
const nodeOf = (left, right) => sha256(Buffer.from([1]), left, right);

const split = (size) => 2 ** Math.ceil(Math.log2(size) - 1);

/** The root by RFC 9162 2.1.3, worked from the top; `path` is leaf first. */
export function rootFromPath(leaf, index, size, nodes) {
  const path = nodes.map((node) => Buffer.from(node, 'hex'));
  const climb = (at, count) => {
    if (count === 1) return leaf;
    const left = split(count);
    const sibling = path.pop();
    if (!sibling) throw new Error('the path is too short');
    return at < left
      ? nodeOf(climb(at, left), sibling)
      : nodeOf(sibling, climb(at - left, count - left));
  };
  const root = climb(index, size);
  if (path.length) throw new Error('the path is too long');
  return hex(root);
}

/** Both roots by RFC 9162 2.1.4.1, worked from the top. */
export function rootsFromConsistency(earlier, size, earlierRoot, nodes) {
  const path = nodes.map((node) => Buffer.from(node, 'hex'));
  const next = () => {
    if (!path.length) throw new Error('the path is too short');
    return path.pop();
  };
  const climb = (at, count, whole) => {
    if (at === count) {
      const node = whole ? Buffer.from(earlierRoot, 'hex') : next();
      return [node, node];
    }
    const left = split(count);
    const node = next();
    if (at <= left) {
      const [old, now] = climb(at, left, whole);
      return [old, nodeOf(now, node)];
    }
    const [old, now] = climb(at - left, count - left, false);
    return [nodeOf(node, old), nodeOf(node, now)];
  };
  const [old, now] = climb(earlier, size, true);
  if (path.length) throw new Error('the path is too long');
  return [hex(old), hex(now)];
}

/** {fingerprint: X509Certificate} of a registry. */
function certificates(folder) {
  const xml = fs.readFileSync(path.join(folder, 'registry/registry.xml'));
  const found = {};
  for (const [, text] of String(xml).matchAll(/>\s*(MII[\w+/=\s]+)</g)) {
    const der = Buffer.from(text, 'base64');
    found[hex(sha256(der))] = new crypto.X509Certificate(der);
  }
  return found;
}

/** Whether a detached ES256 JWS is over these bytes; null: another suite. */
export function checkJws(jws, bytes, certificate) {
  const [head, payload, signature] = jws.split('.');
  if (JSON.parse(Buffer.from(head, 'base64url')).alg !== 'ES256') return null;
  if (payload !== '') throw new Error('not detached');
  const signed = `${head}.${Buffer.from(bytes).toString('base64url')}`;
  return crypto.verify(
    'sha256',
    Buffer.from(signed),
    { key: certificate.publicKey, dsaEncoding: 'ieee-p1363' },
    Buffer.from(signature, 'base64url'),
  );
}

function judgeRow(folder, row, log, known) {
  const words = row.entry.split(' ');
  const bytes = fs.readFileSync(path.join(folder, row.file));
  const must = (holds, what) => {
    if (!holds) throw new Error(`${row.file}: ${what}`);
  };
  must(words.length === 11 && words[0] === 'yisong-letter-1', 'entry');
  must(hex(sha256(bytes)) === words[9], 'digest');
  must(
    rootFromPath(leafOf(row.entry), words[1] - 1, log.size, row.nodes) ===
      log.root,
    'inclusion',
  );
  must(!row.jws === (words[10] === '-'), 'jws');
  if (!row.jws) return { words, signature: null };
  const jws = fs.readFileSync(path.join(folder, row.jws), 'utf8');
  must(hex(sha256(jws)) === words[10], 'jws digest');
  const { certificate } = JSON.parse(bytes).header;
  const signature = checkJws(jws, bytes, known[certificate]);
  must(signature !== false, 'signature');
  return { words, signature };
}

/** Throws at the first thing that is not right; returns what was seen. */
export function judge(folder) {
  const text = fs.readFileSync(path.join(folder, 'case.json'), 'utf8');
  const index = JSON.parse(text);
  const known = certificates(folder);
  const rows = index.evidence.map((row) =>
    judgeRow(folder, row, index.log, known),
  );
  for (const head of index.signedHeads) {
    const [old, now] = rootsFromConsistency(
      head.size, index.log.size, head.root, head.nodes);
    if (old !== head.root || now !== index.log.root)
      throw new Error(`head of ${head.size}: consistency`);
    const at = rows.findIndex(({ words }) => +words[1] === head.position);
    const receipt = fs.readFileSync(
      path.join(folder, index.evidence[at].file), 'utf8');
    if (!receipt.includes(head.root)) throw new Error('head: not in receipt');
  }
  return {
    index,
    letters: rows.length,
    es256: rows.filter(({ signature }) => signature).length,
  };
}
