import { request as overHttp } from 'node:http';
import { request as overTls } from 'node:https';
import { CliError } from '../errors.js';
import type { ServerAddress } from './connection.js';

const TIMEOUT_MS = 10_000;
const MAX_BYTES = 64 * 1024 * 1024;

/** One request of the doctor to a server. */
export interface ServerRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: unknown;
}

/** Sends one request; what came, as text. Throws `DT_ERR_CLI_SERVER` for anything but a 200. */
export async function askServer(
  address: ServerAddress & { readonly token?: string | undefined },
  { method, path, body }: ServerRequest,
): Promise<string> {
  const { tls, token, ...where } = address;
  const payload = body === undefined ? undefined : JSON.stringify(body);
  const shown = where.socketPath ?? `${where.host}:${where.port}`;
  const refused = (problem: string, cause?: unknown) =>
    new CliError(
      'DT_ERR_CLI_SERVER',
      `The server at ${shown} must answer ${method} ${path}, but ${problem}`,
      { cause },
    );
  return await new Promise<string>((resolve, reject) => {
    const headers = {
      ...(payload === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(payload) }),
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    const request = (tls ? overTls : overHttp)({ ...where, method, path, headers, signal }, (response) => {
      const chunks: Buffer[] = [];
      let size = 0;
      response.on('data', (chunk: Buffer) => {
        size += chunk.length;
        if (size > MAX_BYTES) request.destroy(new Error(`more than ${MAX_BYTES} bytes came`));
        else chunks.push(chunk);
      });
      response.on('error', (error) => reject(refused(error.message, error)));
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        if (response.statusCode === 200) resolve(text);
        else reject(refused(`answered ${response.statusCode}: ${text.slice(0, 300)}`));
      });
    });
    request.on('error', (error) =>
      reject(refused(signal.aborted ? `took more than ${TIMEOUT_MS} ms` : error.message, error)),
    );
    request.end(payload);
  });
}
