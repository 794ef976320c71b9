import { Injectable, Module } from '@nestjs/common';
import { writeFileSync } from 'node:fs';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createInstrServer } from './create-instr-server.js';
import { InstrServerModule } from './instr-server.module.js';
import { askAt, cleanWith, facts, fileOf, makeExtension, ORDERS, RULES } from './testing.spec.helper.js';

cleanWith(onTestFinished);

// Processes and bundles: on a machine that is busy with other specs each takes its time.
vi.setConfig({ testTimeout: 120_000 });

const INDEX = fileURLToPath(new URL('../dist/index.js', import.meta.url));
const MODULES = fileURLToPath(new URL('../../../node_modules/', import.meta.url));

/** The whole of an extended server, as the guide shows it. */
const TEN_LINES = `import 'reflect-metadata';
import { Module } from '@nestjs/common';
import { InstrServerModule, runInstrServer } from '@distrace/instr-server';

class MyServer {}
Module({
  imports: [InstrServerModule.forRoot({ extensions: ['.'], baseFolder: import.meta.dirname })],
})(MyServer);

await runInstrServer(MyServer, { port: 0 });
`;

describe('an extended server', () => {
  it('is an app of ten lines beside its extension', async () => {
    const folder = makeExtension(RULES);
    const text = TEN_LINES.replaceAll("'@distrace/instr-server'", JSON.stringify(INDEX))
      .replaceAll("'@nestjs/common'", JSON.stringify(join(MODULES, '@nestjs/common/index.js')))
      .replaceAll("'reflect-metadata'", JSON.stringify(join(MODULES, 'reflect-metadata/Reflect.js')));
    expect(TEN_LINES.trim().split('\n')).toHaveLength(10);
    writeFileSync(join(folder, 'server.js'), text);
    const child = spawn(process.execPath, [join(folder, 'server.js')], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    let output = '';
    child.stdout.on('data', (chunk: Buffer) => (output += String(chunk)));
    await vi.waitFor(() => expect(output).toContain('ready on'), { timeout: 40_000 });
    const url = /http:\/\/[^,]+/.exec(output)?.[0] ?? '';
    const body = { service: 'shop', file: fileOf(ORDERS), text: ORDERS };
    const said = await askAt(`${url}/v1/instrument`, { method: 'POST', body });
    expect(said.json()).toMatchObject({ status: 'woven' });
  });

  it('may have parts of its own beside the module', async () => {
    @Injectable()
    class Mine {
      readonly name = 'mine';
    }
    @Module({
      imports: [InstrServerModule.forRoot({ extensions: [makeExtension(RULES)], workers: 1 })],
      providers: [Mine],
    })
    class MyServer {}
    const server = await createInstrServer(MyServer);
    onTestFinished(() => server.close());
    const url = await server.listen({ port: 0 });
    expect(server.app.get(Mine).name).toBe('mine');
    const said = await askAt(`${url}/v1/handshake`, { method: 'POST', body: { agent: facts(), have: {} } });
    expect(said.status).toBe(200);
  });

  it('says what is missing when its app reads bodies itself', async () => {
    const { NestFactory } = await import('@nestjs/core');
    const warnings: string[] = [];
    const module = InstrServerModule.forRoot({
      extensions: [makeExtension(RULES)],
      workers: 1,
      warn: (message) => warnings.push(message),
    });
    const app = await NestFactory.create(module, { logger: false, abortOnError: false });
    onTestFinished(() => app.close());
    await app.listen(0, '127.0.0.1');
    const said = await askAt(`${await app.getUrl()}/v1/handshake`, {
      method: 'POST',
      body: { agent: facts(), have: {} },
      headers: { 'content-type': 'application/json' },
    });
    expect([said.status, said.json()['code']]).toEqual([500, 'DT_ERR_SERVER_INTERNAL']);
    expect(warnings).toMatchObject([expect.stringContaining('bodyParser: false')]);
  });
});
