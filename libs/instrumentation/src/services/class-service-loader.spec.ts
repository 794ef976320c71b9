import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { ClassServiceLoader } from './class-service-loader.js';
import { folderOf, interceptors, removeFolders } from './extension.spec.helper.js';

const LIBRARY = import.meta.resolve('@distrace/instrumentation');
const core = import.meta.resolve('@distrace/tracing/core');
const names = (classes: readonly { readonly name: string }[]) => classes.map(({ name }) => name);

const refusal = async (
  files: Readonly<Record<string, string | object>>,
  kind?: 'Interceptor' | 'SpanExporter',
) => {
  const folder = await folderOf(files);
  try {
    const loader = await ClassServiceLoader.open([folder]);
    if (kind !== undefined) await loader.load(kind);
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return { code, message: message.replaceAll(`${folder}/`, '') };
  }
  return undefined;
};

afterEach(removeFolders);

describe('ClassServiceLoader', () => {
  it('I25: finds classes named in package.json and in service files, each once, without creating an instance', async () => {
    const folder = await folderOf({
      'package.json': {
        name: 'ext',
        type: 'module',
        exports: { types: './x.d.ts', import: './main.js' },
        distrace: { services: { Interceptor: ['./a.js#First', 'Main'] } },
      },
      'META-INF/services/Interceptor': '# mine\n./a.js#Second\n\n./a.js#First # again\nMain\n',
      'a.js': `${interceptors('First', 'Second')} First.prototype.x = Second.made = 0;`,
      'main.js': interceptors('Main'),
    });
    const loader = await ClassServiceLoader.open([folder]);
    const classes = await loader.load('Interceptor');
    expect(names(classes)).toEqual(['First', 'Main', 'Second']);
    expect(classes.every((found) => typeof found === 'function')).toBe(true);
    expect(await loader.load('SpanExporter')).toEqual([]);
    expect(loader.locate('Interceptor').at(-1)).toEqual({
      kind: 'Interceptor',
      file: join(folder, 'a.js'),
      exportName: 'Second',
      declaredAt: `${join(folder, 'META-INF/services/Interceptor')}:2`,
    });
  });

  it('I25: finds exporters that extend SpanExporter, also one of another copy of the tracing library', async () => {
    const folder = await folderOf({
      'package.json': { type: 'module' },
      'META-INF/services/SpanExporter': './a.js#Mine\n./a.js#Theirs\n./a.js#Zipkin\n',
      'a.js': `import { SpanExporter, directZipkin } from '${core}';
        export class Mine extends SpanExporter { constructor() { super(); throw new Error('an instance'); } }
        const other = { SpanExporter: class SpanExporter { export() {} } };
        export class Theirs extends other.SpanExporter {}
        export class Zipkin extends Mine {}`,
    });
    const loader = await ClassServiceLoader.open([folder]);
    expect(names(await loader.load('SpanExporter'))).toEqual(['Mine', 'Theirs', 'Zipkin']);
  });

  it('I25: looks into the packages an extension lists, and into no other that is installed', async () => {
    const list = (name: string, extensions: readonly string[]) => ({
      name,
      type: 'module',
      main: 'main.js',
      distrace: { extensions, services: { Interceptor: [name.replace('@', '').replace('/', '_')] } },
    });
    const folder = await folderOf({
      'package.json': list('root', ['listed', './beside']),
      'main.js': interceptors('root'),
      'beside/package.json': list('beside', ['@acme/deep']),
      'beside/main.js': interceptors('beside'),
      'node_modules/listed/package.json': list('listed', []),
      'node_modules/listed/main.js': interceptors('listed'),
      'node_modules/@acme/deep/package.json': list('@acme/deep', ['listed', '../../../']),
      'node_modules/@acme/deep/main.js': interceptors('acme_deep'),
      'node_modules/stranger/package.json': list('stranger', []),
      'node_modules/stranger/main.js': interceptors('stranger'),
    });
    const loader = await ClassServiceLoader.open(['.'], { from: folder });
    expect(names(await loader.load('Interceptor'))).toEqual(['root', 'listed', 'beside', 'acme_deep']);
    expect(names(loader.packages)).toEqual(['root', 'listed', 'beside', '@acme/deep']);
  });

  it('takes what defineInterceptor gave as an interceptor, too', async () => {
    const folder = await folderOf({
      'package.json': { type: 'module', distrace: { services: { Interceptor: ['./a.js'] } } },
      'a.js': `export default Object.defineProperty({ name: 'x' }, Symbol.for('distrace.interceptor'), { value: true });`,
    });
    const loader = await ClassServiceLoader.open([folder]);
    expect(names(await loader.load('Interceptor'))).toEqual(['x']);
  });

  it('I25: says file and line of an entry that is no name, not there, or no sub-type', async () => {
    const at = (lines: string) => ({
      'package.json': { name: 'ext', type: 'module', exports: {} },
      'a.js': `export class Other {}; export const text = 'x'; throw_me: 1;`,
      'bad.js': 'syntax error here',
      'META-INF/services/Interceptor': `# head\n\n${lines}\n`,
    });
    const file = 'META-INF/services/Interceptor:3: ';
    const table = [
      ['x.y.A', 'DT_ERR_SERVICE_NAME', 'got "x.y.A"'],
      ['../a.js#A', 'DT_ERR_SERVICE_NAME', 'got "../a.js#A"'],
      ['Orders', 'DT_ERR_SERVICE_MISSING', 'exports no main module'],
      ['./none.js#A', 'DT_ERR_SERVICE_MISSING', 'none.js must load'],
      ['./bad.js#A', 'DT_ERR_SERVICE_MISSING', 'bad.js must load'],
      ['./a.js#Missing', 'DT_ERR_SERVICE_MISSING', 'but exports Other, text'],
      ['./a.js#Other', 'DT_ERR_SERVICE_TYPE', 'got another class'],
      ['./a.js#text', 'DT_ERR_SERVICE_TYPE', 'got string'],
    ] as const;
    for (const [line, code, part] of table) {
      const refused = await refusal(at(line), 'Interceptor');
      expect(refused?.code, line).toBe(code);
      expect(refused?.message.startsWith(file), refused?.message).toBe(true);
      expect(refused?.message).toContain(part);
    }
  });

  it('I25: says file and line of what keeps a module of an extension from loading', async () => {
    const table = [
      ['export const a = 1;\nexport const b = ;\n', 'a.js:2', 'SyntaxError: '],
      ["\nimport './part.js';", 'part.js:3', 'SyntaxError: '],
      ["\n\nimport './gone.js';", 'a.js:3', 'Error: Cannot find module'],
      ["\n\nimport 'no-such-package-here';", 'a.js:3', "Error: Cannot find package 'no-such-package-here'"],
      ["import {\n  first,\n  second } from './good.js';", 'a.js:3', 'SyntaxError: '],
      ['\nexport const a = nowhere;', 'a.js:2', 'ReferenceError: nowhere is not defined'],
      ["\nimport './throws.js';", 'throws.js:2', 'Error: two lines'],
      ["\nimport './broken.cjs';", 'broken.cjs:2', 'SyntaxError: '],
      ["\nimport './asks.cjs';", 'asks.cjs:2', 'Error: Cannot find module'],
    ] as const;
    const folder = await folderOf({
      'package.json': { type: 'module' },
      'part.js': '\n\nconst x = ;',
      'good.js': 'export const first = 1;',
      'throws.js': "\nthrow new Error('two\\nlines');",
      'broken.cjs': '\nconst x = ;',
      'asks.cjs': "\nrequire('./nothing.cjs');",
      ...Object.fromEntries(
        table.flatMap(([text], i) => [
          [`${i}/META-INF/services/Interceptor`, '# head\n./a.js#a'],
          [`${i}/package.json`, { type: 'module' }],
          [`${i}/a.js`, text.replaceAll("'./", "'../")],
        ]),
      ),
    });
    // In a process of its own: this one's modules come from vitest, whose errors are others.
    const script = `
      const { ClassServiceLoader } = await import(${JSON.stringify(LIBRARY)});
      for (let i = 0; i < ${table.length}; i++) {
        const loader = await ClassServiceLoader.open(['./' + i]);
        const error = await loader.load('Interceptor').catch((error) => error);
        console.log(JSON.stringify([error.code, error.message.replaceAll(process.cwd() + '/', '')]));
      }`;
    const args = ['--input-type=module', '-e', script];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder });
    const said = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as [string, string]);
    for (const [i, [text, at, what]] of table.entries()) {
      const [code, message] = said[i]!;
      expect(code, text).toBe('DT_ERR_SERVICE_MISSING');
      const place = at.startsWith('a.js') ? `${i}/${at}` : at;
      const start = `${i}/META-INF/services/Interceptor:2: ${i}/a.js must load, but at ${place}: ${what}`;
      expect(message.slice(0, start.length), message).toBe(start);
      expect(message).not.toContain('\n');
    }
  });

  it('says what was probably meant', async () => {
    const named = (service: string) => ({
      'package.json': { type: 'module', distrace: { services: { Interceptor: [service] } } },
      'orders.js': 'export const orders = 1;',
    });
    for (const [service, meant] of [
      ['./orders.js#odrers', 'orders'],
      ['./oders.js#orders', 'orders.js'],
    ] as const) {
      const refused = await refusal(named(service), 'Interceptor');
      expect(refused?.message).toContain(`(did you mean ${meant}?)`);
    }
    expect((await refusal(named('./orders.js#else'), 'Interceptor'))?.message).not.toContain('did you mean');
    const from = await folderOf({ 'extension/package.json': {}, 'node_modules/listed/package.json': {} });
    for (const [spec, meant] of [
      ['./extnsion', 'extension'],
      ['extension', './extension'],
      ['lsted', 'listed'],
    ] as const) {
      await expect(ClassServiceLoader.open([spec], { from })).rejects.toThrow(`(did you mean ${meant}?)`);
    }
  });

  it('says the line in package.json', async () => {
    const manifest = (distrace: object) => ({ 'package.json': { name: 'x', type: 'module', distrace } });
    expect(
      await refusal(manifest({ services: { SpanExporter: [], Interceptor: ['./a.js#A', '?'] } })),
    ).toMatchObject({
      code: 'DT_ERR_SERVICE_NAME',
      message: expect.stringMatching(/^package\.json:9: /),
    });
    const code = 'DT_ERR_SERVICE_FILE';
    expect(await refusal(manifest({ services: { Interceptors: [] } }))).toMatchObject({
      code,
      message: expect.stringMatching(/^package\.json:6: .*"Interceptors"/),
    });
    expect(await refusal(manifest({ services: [] }))).toMatchObject({ code });
    expect(await refusal(manifest({ services: { Interceptor: 'a' } }))).toMatchObject({ code });
    expect(await refusal(manifest({ services: { Interceptor: [5] } }))).toMatchObject({ code });
    expect(await refusal(manifest({ extensions: 'a' }))).toMatchObject({ code });
  });

  it('refuses a service file of an unknown kind rather than overlooking it', async () => {
    const refused = await refusal({ 'package.json': {}, 'META-INF/services/Interceptors': 'A' });
    expect(refused).toMatchObject({ code: 'DT_ERR_SERVICE_FILE' });
  });

  it('refuses an extension that is not there, has no package.json or a broken one', async () => {
    const code = 'DT_ERR_EXTENSION';
    await expect(ClassServiceLoader.open(['no-such-package-here'])).rejects.toMatchObject({ code });
    await expect(ClassServiceLoader.open(['./no/such/folder'])).rejects.toMatchObject({ code });
    await expect(ClassServiceLoader.open(['a/b/c'])).rejects.toMatchObject({ code });
    expect(await refusal({ 'readme.md': '' })).toMatchObject({ code });
    expect(await refusal({ 'package.json': '{' })).toMatchObject({ code });
    expect(await refusal({ 'package.json': '[]' })).toMatchObject({ code });
  });
});
