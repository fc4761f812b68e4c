// SPDX-License-Identifier: Apache-2.0
//
// AMQP 0-9-1 by hand, for a client that does not keep to our rules: any
// method, any header. Only what the hostile tests need.
import { connect as connectTls } from 'node:tls';

const short = (text) => {
  const bytes = Buffer.from(text);
  return Buffer.concat([Buffer.from([bytes.length]), bytes]);
};
const long = (bytes) => {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(bytes.length);
  return Buffer.concat([size, Buffer.from(bytes)]);
};
const u16 = (value) => Buffer.from([value >> 8, value & 255]);
const u64 = (value) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
};
const table = (entries) => long(Buffer.concat(entries.flat()));
const texts = (name, values) => [
  short(name),
  Buffer.from('A'),
  long(Buffer.concat(values.flatMap((value) => [Buffer.from('S'), long(value)]))),
];
const bit = (value) => Buffer.from([value ? 1 : 0]);
const noTable = table([]);

function frame(type, channel, ...parts) {
  const payload = Buffer.concat(parts);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(payload.length);
  return Buffer.concat([Buffer.from([type]), u16(channel), size, payload, Buffer.from([0xce])]);
}

// Cuts the stream into frames and hands them out one by one.
function frameReader(socket) {
  let bytes = Buffer.alloc(0);
  let ended = null;
  const waiting = [];
  const take = () => {
    if (bytes.length < 8) return null;
    const size = bytes.readUInt32BE(3) + 8;
    if (bytes.length < size) return null;
    const [type] = bytes;
    const payload = bytes.subarray(7, size - 1);
    bytes = bytes.subarray(size);
    return { type, payload };
  };
  const serve = () => {
    while (waiting.length) {
      const found = take();
      if (found) waiting.shift().resolve(found);
      else if (ended) waiting.shift().reject(ended);
      else return;
    }
  };
  socket.on('data', (chunk) => {
    bytes = Buffer.concat([bytes, chunk]);
    serve();
  });
  const end = (error) => {
    ended ??= error ?? new Error('closed');
    serve();
  };
  socket.on('error', end);
  socket.on('close', () => end());
  return () =>
    new Promise((resolve, reject) => {
      waiting.push({ resolve, reject });
      serve();
    });
}

const closes = { '20.40': true, '10.50': true };

// { name: "60.80", code, text } of a method frame.
function methodOf(payload) {
  const name = `${payload.readUInt16BE(0)}.${payload.readUInt16BE(2)}`;
  if (!closes[name]) return { name, payload };
  const text = payload.subarray(7, 7 + payload[6]).toString();
  return { name, code: payload.readUInt16BE(4), text };
}

export async function openRaw(port, tls, { mechanism = 'EXTERNAL', vhost = 'yisong' } = {}) {
  const socket = connectTls({ host: '127.0.0.1', port, ...tls });
  socket.setTimeout(20000, () => socket.destroy(new Error('no answer')));
  const readFrame = frameReader(socket);
  const raw = {};
  const letters = []; // the headers of those that came
  const readOne = async () => {
    const { type, payload } = await readFrame();
    if (type === 2) letters.push(payload.toString('latin1'));
    const method = type === 1 ? methodOf(payload) : null;
    return method?.name === '60.60' ? null : method;
  };
  const next = async () => {
    for (;;) {
      const method = await readOne();
      if (method) return method;
    }
  };
  const call = (channel, classId, methodId, ...parts) => {
    socket.write(frame(1, channel, u16(classId), u16(methodId), ...parts));
    return next();
  };
  socket.write(Buffer.from([0x41, 0x4d, 0x51, 0x50, 0, 0, 9, 1]));
  const start = await next();
  const offered = start.payload.toString('latin1');
  const tune = await call(0, 10, 11, noTable, short(mechanism), long('\0u\0p'), short('en_US'));
  Object.assign(raw, { socket, offered, last: tune });
  if (tune.name !== '10.30') return raw;
  socket.write(frame(1, 0, u16(10), u16(31), tune.payload.subarray(4, 10), u16(0)));
  await call(0, 10, 40, short(vhost), short(''), bit(0));
  await call(1, 20, 10, short(''));
  raw.last = await call(1, 85, 10, bit(0));

  raw.publish = (exchange, key, { headers = {}, caseId = 'C-1' } = {}) => {
    const entries = Object.entries(headers).map(([name, values]) => texts(name, values));
    const properties = [u16(0x2400), table(entries), short(caseId)];
    socket.write(Buffer.concat([
      frame(1, 1, u16(60), u16(40), u16(0), short(exchange), short(key), bit(0)),
      frame(2, 1, u16(60), u16(0), u64(1), ...properties),
      frame(3, 1, Buffer.from('x')),
    ]));
    return next();
  };
  raw.consume = (queue) =>
    call(1, 60, 20, u16(0), short(queue), short(''), bit(0), noTable);
  raw.nextLetter = async () => {
    while (!letters.length) await readOne();
    return letters.shift();
  };
  raw.get = (queue) => call(1, 60, 70, u16(0), short(queue), bit(1));
  raw.declareQueue = (name) => call(1, 50, 10, u16(0), short(name), bit(0), noTable);
  raw.deleteQueue = (name) => call(1, 50, 40, u16(0), short(name), bit(0));
  raw.purge = (name) => call(1, 50, 30, u16(0), short(name), bit(0));
  raw.bind = (queue, exchange) =>
    call(1, 50, 20, u16(0), short(queue), short(exchange), short('x'), bit(0), noTable);
  raw.declareExchange = (name) =>
    call(1, 40, 10, u16(0), short(name), short('fanout'), bit(0), noTable);
  raw.close = () => socket.destroy();
  return raw;
}
