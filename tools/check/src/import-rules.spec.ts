import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { checkImports, formatViolation } from './import-rules.ts';
import type { SourceFile } from './packages.ts';

const manifest = (path: string, json: object): SourceFile => ({ path, text: JSON.stringify(json) });

const workspace: readonly SourceFile[] = [
  manifest('package.json', {
    workspaces: ['libs/*', 'apps/*', 'tools/*', 'e2e'],
    devDependencies: { vitest: '5' },
  }),
  manifest('libs/zipkin/package.json', { name: '@distrace/zipkin', exports: { '.': './dist/index.js' } }),
  manifest('libs/tracing/package.json', {
    name: '@distrace/tracing',
    exports: { '.': {}, './core': {}, './testing': {} },
    dependencies: { '@distrace/zipkin': '1', '@types/express': '5' },
    peerDependencies: { '@nestjs/common': '12', '@opentelemetry/api': '1', rxjs: '7' },
    devDependencies: { amqplib: '2', '@distrace/messaging': '1' },
  }),
  manifest('libs/messaging/package.json', {
    name: '@distrace/messaging',
    dependencies: { amqplib: '2' },
    devDependencies: { '@distrace/start': '1' },
  }),
  manifest('libs/agent/package.json', { name: '@distrace/agent', dependencies: { acorn: '8' } }),
  manifest('libs/instrumentation/package.json', { name: '@distrace/instrumentation' }),
  manifest('apps/client/package.json', {
    name: '@distrace/client',
    private: true,
    dependencies: { '@distrace/tracing': '1', '@distrace/executor': '1' },
  }),
  manifest('apps/executor/package.json', { name: '@distrace/executor' }),
  manifest('apps/instr-server/package.json', {
    name: '@distrace/instr-server',
    dependencies: { '@distrace/instrumentation': '1', '@distrace/tracing': '1' },
  }),
  manifest('tools/start/package.json', {
    name: '@distrace/start',
    dependencies: { '@distrace/zipkin': '1' },
  }),
  manifest('e2e/package.json', {
    name: '@distrace/e2e',
    dependencies: { '@distrace/start': '1', '@distrace/client': '1' },
  }),
];

/** The codes found when one file with this text joins the workspace. */
const check = (path: string, text: string) => checkImports([...workspace, { path, text }]);
const codes = (path: string, text: string) => check(path, text).map(({ code }) => code);

describe('import rules', () => {
  it.each([
    ['libs/tracing/src/core/span.ts', `import type { Span } from '@distrace/zipkin';`],
    ['libs/tracing/src/core/span.ts', `import { hrtime } from 'node:process'; import './clock.js';`],
    ['libs/tracing/src/nest.ts', `import { A } from './core/index.js'; import { B } from '@nestjs/common';`],
    ['libs/tracing/src/nest.ts', `import { A } from '@distrace/tracing/core';`],
    [
      'libs/tracing/src/core/span.spec.ts',
      `import { it } from 'vitest'; import { x } from '../testing/index.js';`,
    ],
    ['libs/tracing/src/nest.spec.ts', `import amqplib from 'amqplib';`],
    ['libs/tracing/src/http.ts', `import type { Request } from 'express';`],
    ['libs/tracing/src/nest.ts', `import { map } from 'rxjs/operators';`],
    ['libs/zipkin/src/codec.spec.ts', `import { readFileSync } from 'node:fs'; import { it } from 'vitest';`],
    ['libs/zipkin/src/codec.ts', `import { a } from './span.js'; export * from './tree.js';`],
    ['libs/agent/src/hook.ts', `import { registerHooks } from 'node:module';`],
    [
      'apps/client/src/main.ts',
      `import { TracingModule } from '@distrace/tracing'; await import('./app.module.js');`,
    ],
    ['tools/start/src/run.ts', `const { a } = await import('@distrace/zipkin'); import { b } from 'vitest';`],
    ['apps/client/src/testing.ts', `import { vi } from 'vitest';`],
    ['libs/messaging/src/live.spec.ts', `import '@distrace/start';`],
    ['e2e/src/task.e2e-spec.ts', `import { checkTrace } from '@distrace/start';`],
    ['tools/start/src/run.ts', 'const zipkin = await import(path);'],
  ])('let %s have %s', (path, text) => {
    expect(check(path, text).map(formatViolation)).toEqual([]);
  });

  it.each([
    [
      'core never imports Nest',
      'libs/tracing/src/core/a.ts',
      `import { X } from '@nestjs/common';`,
      'FORBIDDEN',
    ],
    ['core never imports rxjs', 'libs/tracing/src/core/a.ts', `import { of } from 'rxjs';`, 'FORBIDDEN'],
    ['core specs neither', 'libs/tracing/src/core/a.spec.ts', `import { of } from 'rxjs';`, 'FORBIDDEN'],
    [
      'core never imports the Nest room above it',
      'libs/tracing/src/core/a.ts',
      `import '../module.js';`,
      'ROOM',
    ],
    ['nor by the name of its package', 'libs/tracing/src/core/a.ts', `import '@distrace/tracing';`, 'ROOM'],
    [
      'tracing reaches zipkin only through core',
      'libs/tracing/src/a.ts',
      `import '@distrace/zipkin';`,
      'ROOM',
    ],
    ['a lib imports no other lib', 'libs/messaging/src/a.ts', `import '@distrace/tracing';`, 'ROOM'],
    ['a spec of a lib neither', 'libs/tracing/src/a.spec.ts', `import '@distrace/messaging';`, 'ROOM'],
    ['a lib never imports an app', 'libs/tracing/src/a.ts', `import '@distrace/client';`, 'ROOM'],
    ['an app never imports another', 'apps/client/src/a.ts', `import '@distrace/executor';`, 'ROOM'],
    ['e2e does not enter apps', 'e2e/src/a.e2e-spec.ts', `import '@distrace/client';`, 'ROOM'],
    [
      'what testing helpers of a lib import is shipped',
      'libs/tracing/src/testing/a.ts',
      `import 'vitest';`,
      'UNDECLARED',
    ],
    ['a lib imports no tool', 'libs/messaging/src/a.ts', `import '@distrace/start';`, 'ROOM'],
    ['zipkin has no Node', 'libs/zipkin/src/a.ts', `import 'node:fs';`, 'FORBIDDEN'],
    ['nor by its old name', 'libs/zipkin/src/a.ts', `import 'fs';`, 'FORBIDDEN'],
    ['zipkin has no packages', 'libs/zipkin/src/a.ts', `import 'vitest';`, 'FORBIDDEN'],
    ['agent has no packages, declared or not', 'libs/agent/src/a.ts', `import 'acorn';`, 'FORBIDDEN'],
    ['agent has no libs', 'libs/agent/src/a.ts', `import '@distrace/zipkin';`, 'ROOM'],
    [
      'instr-server imports instrumentation only',
      'apps/instr-server/src/a.ts',
      `import '@distrace/tracing';`,
      'ROOM',
    ],
    ['nobody leaves by a relative path', 'apps/client/src/a.ts', `import '../../executor/src/b.js';`, 'PATH'],
    ['not even to a lib', 'tools/start/src/a.ts', `import '../../../libs/zipkin/src/index.ts';`, 'PATH'],
    ['nor by a path of the machine', 'apps/client/src/a.ts', `import '/srv/x.js';`, 'PATH'],
    ['nobody goes deep into a room', 'apps/client/src/a.ts', `import '@distrace/tracing/dist/a.js';`, 'PATH'],
    ['nor into somebody else’s package', 'apps/client/src/a.ts', `import 'nx/src/utils.js';`, 'PATH'],
    ['what is imported is declared', 'apps/executor/src/a.ts', `import 'amqplib';`, 'UNDECLARED'],
    ['a lib among it', 'apps/executor/src/a.ts', `import '@distrace/tracing';`, 'UNDECLARED'],
    ['as a dependency, not for development', 'libs/tracing/src/a.ts', `import 'amqplib';`, 'UNDECLARED'],
    ['and what a spec imports too', 'libs/messaging/src/a.spec.ts', `import 'supertest';`, 'UNDECLARED'],
  ])('%s', (_rule, path, text, code) => {
    expect(codes(path, text)).toEqual([`DT_ERR_IMPORT_${code}`]);
  });

  it.each([
    `import x from 'left-pad';`,
    `import type { X } from 'left-pad';`,
    `export { x } from 'left-pad';`,
    `export type { X } from 'left-pad';`,
    `export * from 'left-pad';`,
    `const x = await import('left-pad');`,
    'const x = await import(`left-pad`);',
    `type X = import('left-pad').X;`,
    `import x = require('left-pad');`,
    `const x = require('left-pad');`,
    `const load = createRequire(import.meta.url); load('left-pad');`,
    `createRequire(import.meta.url).resolve('left-pad');`,
    `import.meta.resolve('left-pad');`,
    `@Dec() class A { constructor(@Inject() private readonly b: B) { import('left-pad'); } }`,
  ])('sees %s', (text) => {
    expect(codes('apps/client/src/a.ts', text)).toEqual(['DT_ERR_IMPORT_UNDECLARED']);
  });

  it('names the line, the rule, what came and what to do', () => {
    const [violation] = check('apps/client/src/a.ts', `// why\n\nimport { b } from 'left-pad';\n`);
    expect(formatViolation(violation!)).toBe(
      'apps/client/src/a.ts:3 DT_ERR_IMPORT_UNDECLARED a package imports only what its package.json declares, ' +
        "got 'left-pad'; add left-pad to dependencies or peerDependencies of apps/client/package.json",
    );
  });

  it('asks for a row when a package has none', () => {
    const files = [
      manifest('libs/new/package.json', { name: '@distrace/new' }),
      { path: 'libs/new/src/a.ts', text: '' },
    ];
    expect(checkImports(files).map(({ code }) => code)).toEqual(['DT_ERR_IMPORT_NO_ROW']);
  });

  it('reports a file that is no program instead of passing it', () => {
    expect(codes('apps/client/src/a.ts', 'import {')).toEqual(['DT_ERR_IMPORT_UNREADABLE']);
  });
});

describe('the command', () => {
  const folders: string[] = [];
  afterEach(async () => {
    await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
  });

  async function run(files: readonly SourceFile[]): Promise<{ code: number; output: string }> {
    const folder = await mkdtemp(join(tmpdir(), 'distrace-check-'));
    folders.push(folder);
    for (const { path, text } of files) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    const main = join(import.meta.dirname, 'import-rules.main.ts');
    return new Promise((resolve) => {
      execFile(process.execPath, [main, folder], (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), output: stdout + stderr });
      });
    });
  }

  it('exits 1 and names the place of a planted violation', async () => {
    const planted = { path: 'apps/client/src/deep/a.ts', text: `\nimport '../../../executor/src/main.js';` };
    const hidden = { path: 'apps/client/dist/a.js', text: `import 'left-pad';` };
    const { code, output } = await run([...workspace, planted, hidden]);
    expect(output).toMatch(/^apps\/client\/src\/deep\/a\.ts:2 DT_ERR_IMPORT_PATH /);
    expect(output).not.toContain('left-pad');
    expect(code).toBe(1);
  });

  it('exits 0 on a workspace that holds the rules', async () => {
    const { code, output } = await run(workspace);
    expect(output).toContain('Import rules hold');
    expect(code).toBe(0);
  });
});
