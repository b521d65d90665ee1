// A self-signed certificate for tests of TLS.

import { execFileSync } from 'node:child_process';

/** A certificate for localhost with its key, in PEM; undefined on machines without openssl. */
export function makeCertificate(): { readonly cert: string; readonly key: string } | undefined {
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const names = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1'];
  try {
    const pem = execFileSync('openssl', ['req', '-x509', ...curve, '-days', '2', ...names, '-keyout', '-'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const key = /-----BEGIN PRIVATE KEY-----[\s\S]+?-----END PRIVATE KEY-----/.exec(pem)?.[0];
    const cert = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/.exec(pem)?.[0];
    return key === undefined || cert === undefined ? undefined : { key, cert };
  } catch {
    return undefined;
  }
}
