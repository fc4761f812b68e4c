// SPDX-License-Identifier: Apache-2.0
//
// An agency's adapter by a stranger's hand, from the AsyncAPI document alone: drafts in out/ are
// completed, signed and sent until confirmed; what comes is kept in in/, its sender gets a receipt.
//   node stranger.mjs AGENCY HOST:PORT KEYS FOLDER      (runs until it is stopped)
import { createHash, randomBytes, sign, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import amqp from 'amqplib';

const [agency, broker, keys, folder] = process.argv.slice(2);
const key = (name) => readFileSync(`${keys}/${name}`);
const certificate = new X509Certificate(key('signing.pem')).fingerprint256.replaceAll(':', '').toLowerCase();
const now = () => new Date().toISOString();
for (const name of ['out', 'sent', 'in']) mkdirSync(`${folder}/${name}`, { recursive: true });

function newId() { // RFC 9562, version 7
  const hex = Date.now().toString(16).padStart(12, '0') + randomBytes(10).toString('hex');
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})/, '$1-$2-7$3-8$4-');
}
function jws(bytes) { // RFC 7515, appendix F
  const head = Buffer.from('{"alg":"ES256"}').toString('base64url');
  const how = { key: key('signing.key'), dsaEncoding: 'ieee-p1363' };
  return `${head}..${sign('sha256', `${head}.${bytes.toString('base64url')}`, how).toString('base64url')}`;
}
const complete = ({ header, ...rest }) => JSON.stringify({ header: { schemaVersion: '1', id: newId(),
  from: agency, urgency: 'normal', ...header, sentAt: now(), certificate }, ...rest });
const connection = await amqp.connect(`amqps://${broker}/yisong`, { ca: [key('authority.pem')],
  cert: key('tls.pem'), key: key('tls.key'), credentials: amqp.credentials.external() });
const channel = await connection.createConfirmChannel();
function publish(bytes) {
  const { id: messageId, caseId: correlationId, type } = JSON.parse(bytes).header;
  channel.publish(`out.${agency}`, '', bytes, { messageId, correlationId, type, userId: agency,
    contentType: 'application/json', deliveryMode: 2, mandatory: true, headers: { jws: jws(bytes) } });
  return channel.waitForConfirms();
}
const owesNone = ['submission-receipt', 'delivery-receipt', 'refusal', 'overdue-reminder', 'link-probe', 'registry'];
await channel.consume(`in.${agency}`, async ({ content, properties, ...delivery }) => {
  const { messageId: id, correlationId: caseId, type, contentType } = properties;
  const sender = /"from": ?"([^"]*)"|<from>([^<]*)</.exec(content)?.slice(1).join('') ?? '';
  writeFileSync(`${folder}/in/${sender}-${type}-${id}.${contentType.split('/')[1]}`, content);
  const entry = [{ id, digest: createHash('sha256').update(content).digest('hex'), type, caseId, at: now() }];
  const receipt = { header: { type: 'delivery-receipt', caseId, to: [sender] }, body: { receipts: { entry } } };
  if (!owesNone.includes(type)) await publish(Buffer.from(complete(receipt)));
  channel.ack({ content, properties, ...delivery });
});
for (;; await new Promise((done) => { setTimeout(done, 200); })) {
  for (const name of readdirSync(`${folder}/out`).filter((entry) => entry.endsWith('.json')).sort()) {
    const path = `${folder}/sent/.${name}`; // completed once: the same bytes however often they go
    if (!existsSync(path)) writeFileSync(path, complete(JSON.parse(readFileSync(`${folder}/out/${name}`))));
    await publish(readFileSync(path));
    renameSync(path, `${folder}/sent/${name}`);
    renameSync(`${folder}/out/${name}`, `${folder}/sent/${name}.draft`);
  }
}
