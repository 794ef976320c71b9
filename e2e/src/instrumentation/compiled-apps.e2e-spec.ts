import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { COMPILERS } from './support/compile-app.ts';
import { makeExtension, SERVER_ENTRY } from './support/extension.ts';
import { makeApp } from './support/run-app.ts';

const WORKSPACE_MODULES = fileURLToPath(new URL('../../../node_modules', import.meta.url));

/** Writes a line for each call of the app's controllers, guards, pipes, providers and constructors. */
const EXTENSION = `
import { appendFileSync } from 'node:fs';
import { decoratedWith, defineInterceptor, inClass, inPackage, method } from '@distrace/instrumentation';

const say = (line) => appendFileSync(process.env.TEST_SPANS, JSON.stringify(line) + '\\n');
export const marked = defineInterceptor({
  name: 'marked',
  match: inPackage('app').and(
    decoratedWith('Get')
      .or(inClass('TasksService').and(method('load').or(method('nameOf'))))
      .or(inClass('OwnerGuard'))
      .or(inClass('IdPipe'))
      .or(inClass('RequestLog').and(method('add')))
      .or(inClass('TasksController').and(method('constructor'))),
  ),
  onExit({ function: name }, result) { say({ name, result: typeof result }); },
  onError({ function: name }, error) { say({ name, error: error.message }); },
});
`;

describe('a Nest application under the agent', () => {
  let extension: Awaited<ReturnType<typeof makeExtension>>;

  beforeAll(async () => {
    extension = await makeExtension(EXTENSION);
  });
  afterAll(() => extension[Symbol.asyncDispose]());

  it.each(Object.entries(COMPILERS))(
    'I10: compiled by %s keeps injection, metadata, guards and pipes, and each call is seen once',
    async (_, compile) => {
      await using app = await makeApp(await compile());
      await symlink(WORKSPACE_MODULES, join(app.folder, 'node_modules'));
      const plain = await app.run('main.js');
      expect(plain).toMatchObject({ code: 0, stderr: '' });
      expect(JSON.parse(plain.stdout)).toMatchObject({
        found: [200, { id: 7, owner: 'ann', name: 'seven', log: ['found 7'] }],
        badId: [400, { message: 'no id: seven' }],
        forbidden: [403, {}],
        checks: 3,
        className: 'TasksController',
        path: ':id',
      });

      const args = `server_entry=${SERVER_ENTRY};extensions=${extension.folder};service=app;timeout_ms=20000`;
      const woven = await app.run('main.js', { args });

      expect(woven).toMatchObject({ code: 0, stdout: plain.stdout, stderr: '' });
      const lines = (await app.lines()).map(({ name, ...rest }) => `${String(name)} ${JSON.stringify(rest)}`);
      expect(lines.toSorted()).toEqual([
        'IdPipe.transform {"error":"no id: seven"}',
        'IdPipe.transform {"result":"number"}',
        'OwnerGuard.canActivate {"result":"boolean"}',
        'OwnerGuard.canActivate {"result":"boolean"}',
        'OwnerGuard.canActivate {"result":"boolean"}',
        'OwnerGuard.constructor {"result":"object"}',
        'RequestLog.add {"result":"object"}',
        'TasksController.constructor {"result":"object"}',
        'TasksController.constructor {"result":"object"}',
        'TasksController.constructor {"result":"object"}',
        'TasksController.find {"result":"object"}',
        'TasksService.load {"result":"object"}',
        'TasksService.nameOf {"result":"string"}',
      ]);
    },
  );
});
