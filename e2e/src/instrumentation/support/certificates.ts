import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

export interface CertificateOptions {
  /** Of the server. Default `localhost`. */
  readonly host?: string;
  /** Whether it ended yesterday. */
  readonly isExpired?: boolean;
}

/** Of a server, signed by itself; `cert.pem` stays in the folder for `NODE_EXTRA_CA_CERTS`. */
export async function makeCertificate(
  folder: string,
  { host = 'localhost', isExpired = false }: CertificateOptions = {},
): Promise<{ readonly key: string; readonly cert: string }> {
  const key = join(folder, 'key.pem');
  const cert = join(folder, 'cert.pem');
  const asked = join(folder, 'cert.csr');
  const name = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`];
  const pair = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-keyout', key];
  if (isExpired) {
    await openssl('req', '-new', ...pair, ...name, '-out', asked);
    await openssl(
      'x509',
      '-req',
      '-in',
      asked,
      '-signkey',
      key,
      '-days',
      '-1',
      '-copy_extensions',
      'copy',
      '-out',
      cert,
    );
  } else {
    await openssl('req', '-x509', ...pair, ...name, '-days', '2', '-out', cert);
  }
  return { key: await readFile(key, 'utf8'), cert: await readFile(cert, 'utf8') };
}

async function openssl(...args: readonly string[]): Promise<void> {
  await promisify(execFile)('openssl', args);
}
