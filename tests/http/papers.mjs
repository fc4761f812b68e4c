// SPDX-License-Identifier: Apache-2.0
//
// Authorities and certificates for TLS between systems of one agency, made
// with openssl.
import { execFileSync } from 'node:child_process';
import { X509Certificate, createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export function makeAuthority(folder, name) {
  const path = (file) => join(folder, `${name}-${file}`);
  const openssl = (...words) => execFileSync('openssl', words, { stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-noenc'];
  openssl('req', '-x509', ...key, '-keyout', path('ca.key'), '-out', path('ca.pem'),
    '-subj', `/CN=${name}`, '-days', '30');
  return {
    path: path('ca.pem'),
    pem: readFileSync(path('ca.pem')),
    issue(common) {
      const file = (end) => path(`${common}.${end}`);
      openssl('req', '-x509', ...key, '-keyout', file('key'), '-out', file('pem'),
        '-subj', `/CN=${common}`, '-days', '30', '-CA', path('ca.pem'), '-CAkey', path('ca.key'),
        '-addext', 'subjectAltName=IP:127.0.0.1', '-addext', 'basicConstraints=critical,CA:FALSE');
      const cert = readFileSync(file('pem'));
      return {
        certPath: file('pem'), keyPath: file('key'), cert, key: readFileSync(file('key')),
        sha256: createHash('sha256').update(new X509Certificate(cert).raw).digest('hex'),
      };
    },
  };
}
