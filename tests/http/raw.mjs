// SPDX-License-Identifier: Apache-2.0
//
// Bytes to a port as nobody well-behaved would send them, and what comes back.
import { connect } from 'node:net';

/** {socket, said, ended}: `said` grows, `ended` resolves with all of it. */
export function dial(port, ...pieces) {
  const socket = connect(port, '127.0.0.1');
  const line = { socket, said: '' };
  socket.setEncoding('latin1');
  socket.on('data', (piece) => { line.said += piece; });
  socket.on('error', () => {});
  line.ended = new Promise((resolve) => socket.on('close', () => resolve(line.said)));
  for (const piece of pieces) socket.write(piece);
  return line;
}

/** The status of the first answer, 0 if the line was cut without one. */
export const statusOf = (said) => Number(/^HTTP\/1\.1 (\d{3}) /.exec(said)?.[1] ?? 0);

export const head = (method, path, ...headers) =>
  `${[`${method} ${path} HTTP/1.1`, 'Host: x', 'Connection: close', ...headers].join('\r\n')}\r\n\r\n`;
