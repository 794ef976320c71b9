import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL('../../', import.meta.url));
const NODE_MODULES = join(ROOT, 'node_modules');

/** What the decorators say they need, and what NestJS itself brings along or asks for. */
const NEEDED = [
  '@opentelemetry/api',
  '@nestjs/common',
  'rxjs',
  'reflect-metadata',
  '@types/node',
  'undici-types',
];

const APP = `
import 'reflect-metadata';
import { trace } from '@opentelemetry/api';
import { NoSpan, Span, Traceable } from './decorators/index.js';

const names: string[] = [];
trace.setGlobalTracerProvider({
  getTracer: () => ({
    startSpan: (name: string) => (names.push(name), trace.wrapSpanContext({ traceId: '', spanId: '', traceFlags: 0 })),
    startActiveSpan: () => { throw new Error('not used'); },
  }),
});

@Traceable()
class Orders {
  @Span('named')
  async place(what: string) { return what; }
  find() { return 1; }
  @NoSpan()
  hidden() { return 2; }
}

const orders = new Orders();
console.log(await orders.place('tea'), orders.find() + orders.hidden(), names.join());
`;

it('the decorators’ folder works in an app that has only @opentelemetry/api and @nestjs/common', async () => {
  const app = await mkdtemp(join(tmpdir(), 'copyable-'));
  try {
    const isSource = (path: string) => !path.endsWith('.spec.ts');
    await cp(join(ROOT, 'libs/tracing/src/decorators'), join(app, 'src/decorators'), {
      recursive: true,
      filter: isSource,
    });
    for (const name of NEEDED) {
      await mkdir(dirname(join(app, 'node_modules', name)), { recursive: true });
      await symlink(join(NODE_MODULES, name), join(app, 'node_modules', name));
    }
    await writeFile(join(app, 'package.json'), '{ "type": "module" }');
    await writeFile(join(app, 'src/app.ts'), APP);
    await writeFile(
      join(app, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: {
          target: 'es2024',
          module: 'nodenext',
          strict: true,
          // Links are where they are, not where they point: nothing else of the workspace can be found.
          preserveSymlinks: true,
          skipLibCheck: true,
          experimentalDecorators: true,
          emitDecoratorMetadata: true,
          rootDir: 'src',
          outDir: 'dist',
          types: ['node'],
        },
        include: ['src'],
      }),
    );
    await run(process.execPath, [join(NODE_MODULES, 'typescript/bin/tsc'), '-p', app]);
    const { stdout } = await run(process.execPath, [join(app, 'dist/app.js')]);
    expect(stdout.trim()).toBe('tea 3 named,Orders.find');
  } finally {
    await rm(app, { recursive: true });
  }
});
