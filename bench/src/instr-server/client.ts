import { randomBytes } from 'node:crypto';
import { Agent, request } from 'node:http';
import type { AgentFacts, InstrumentAnswer } from '@distrace/instrumentation/wire';
import type { AgentFile } from './files.ts';

/** Where a server is. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** One answer. */
export interface Reply {
  readonly body: Buffer;
  /** Of the body, as it came. */
  readonly bytes: number;
  readonly ms: number;
}

/** Somebody who asks over one connection. */
export class Client {
  readonly #address: Address;
  readonly #service: string;
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  /** Milliseconds of each request. */
  readonly times: number[] = [];
  readonly id = randomBytes(8).toString('hex');

  constructor(address: Address, service = 'bench') {
    this.#address = address;
    this.#service = service;
  }

  async ask(path: string, body?: unknown, headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const begunAt = performance.now();
    const bytes = await new Promise<Buffer>((resolve, reject) => {
      const asked = request(
        {
          ...this.#address,
          path,
          method: payload === undefined ? 'GET' : 'POST',
          agent: this.#agent,
          headers: { 'distrace-agent': this.id, ...headers },
        },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('error', reject);
          response.on('end', () => {
            if (response.statusCode === 200) resolve(Buffer.concat(chunks));
            else reject(new Error(`${path}: ${response.statusCode} ${String(Buffer.concat(chunks))}`));
          });
        },
      );
      asked.on('error', reject);
      asked.end(payload);
    });
    const ms = performance.now() - begunAt;
    this.times.push(ms);
    return { body: bytes, bytes: bytes.length, ms };
  }

  /** Says who it is, as an agent does at its start. */
  async handshake(headers: Readonly<Record<string, string>> = {}): Promise<Reply> {
    return await this.ask('/v1/handshake', { agent: this.#facts(), have: {} }, headers);
  }

  /** Asks for one file, first without its source. */
  async instrument({ file, text }: AgentFile, { sendsText = true } = {}): Promise<Reply> {
    const first = await this.ask('/v1/instrument', { service: this.#service, file });
    const { status } = JSON.parse(String(first.body)) as InstrumentAnswer;
    if (status !== 'need-source' || !sendsText) return first;
    return await this.ask('/v1/instrument', { service: this.#service, file, text });
  }

  close(): void {
    this.#agent.destroy();
  }

  #facts(): AgentFacts {
    return {
      protocol: { min: 1, max: 1 },
      agentId: this.id,
      agentVersion: '0.1.0',
      weaver: 1,
      service: this.#service,
      node: process.version,
      pid: process.pid,
      mode: 'shared',
      serial: 0,
      rulesHash: '',
      woven: 0,
      missed: 0,
    };
  }
}
