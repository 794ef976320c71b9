// An instrumentation server with this extension: node dist/server.js
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { runInstrServer } from '@distrace/instr-server';

const { HOST, PORT = '8126', KEY_FILE, AGENT_TOKEN, READER_TOKEN } = process.env;
await runInstrServer(
  {
    extensions: [fileURLToPath(new URL('..', import.meta.url))],
    // Without a key, one of its own for this run; without tokens, whoever is on this machine may ask.
    privateKey: KEY_FILE === undefined ? undefined : readFileSync(KEY_FILE, 'utf8'),
    tokens: [
      ...(AGENT_TOKEN === undefined ? [] : [{ token: AGENT_TOKEN, role: 'agent' } as const]),
      ...(READER_TOKEN === undefined ? [] : [{ token: READER_TOKEN, role: 'reader' } as const]),
    ],
  },
  { host: HOST, port: Number(PORT) },
);
