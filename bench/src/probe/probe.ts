import { tracingChannel } from 'node:diagnostics_channel';
import { createRequire } from 'node:module';
import { Script } from 'node:vm';
import { create } from '@apm-js-collab/code-transformer';
import { applyEdits, weave } from '@distrace/instrumentation';
import { createRuntime } from '@distrace/instrumentation/runtime';
import { interleave, measure, rowsOf } from '../measure.ts';
import type { MeasureOptions, Row, Variant } from '../measure.ts';
import { RECURSION, SHAPES } from './source.ts';
import type { Shape } from './source.ts';

const nothing = () => {};

type Drive = (times: number) => unknown;

const require = createRequire(import.meta.url);
const runtime = createRuntime();
Object.defineProperty(globalThis, '__distrace', { value: runtime.woven });
runtime.control.bind('on', { onEnter() {}, onExit() {}, onError() {} });

function driveOf(code: string, filename: string): Drive {
  const wrapper = new Script(`(function (module, require) {${code}\n})`, { filename }).runInThisContext() as (
    module: { exports: { drive?: Drive } },
    load: typeof require,
  ) => void;
  const module: { exports: { drive?: Drive } } = { exports: {} };
  wrapper(module, require);
  return module.exports.drive!;
}

/** Ours, for an interceptor that is enabled or one that nobody has bound. */
function woven({ source }: Shape, state: 'off' | 'on', filename: string): Drive {
  const rule = {
    name: state,
    replaces: false,
    matches: (fn: { readonly name: string }) => fn.name === 'hot',
  };
  const { edits, probes } = weave(source, { path: filename, format: 'cjs', rules: [rule] });
  if (probes.length !== 1) throw new Error('one function is to be woven');
  return driveOf(applyEdits(source, edits, runtime.control.register(probes)), filename);
}

/** orchestrion's, without or with a subscriber that does nothing. */
function orchestrion({ source, kind }: Shape, state: 'off' | 'on', filename: string): Drive {
  const channelName = `bench-${filename}`;
  const module = { name: 'bench', versionRange: '*', filePath: 'a.js' };
  const functionQuery = { className: 'Hot', methodName: 'hot', kind } as const;
  const { code } = create([{ channelName, module, functionQuery }])
    .getTransformer('bench', '1.0.0', 'a.js')!
    .transform(source, 'cjs');
  if (state === 'on') {
    const channel = tracingChannel(`orchestrion:bench:${channelName}`);
    channel.subscribe({
      start: nothing,
      end: nothing,
      asyncStart: nothing,
      asyncEnd: nothing,
      error: nothing,
    });
  }
  return driveOf(code, filename);
}

/** One and the same method: as it is, woven and off, woven and on with advice that does nothing. */
function drivesOf(shape: Shape): Readonly<Record<string, Drive>> {
  const { name, source } = shape;
  return {
    none: driveOf(source, `plain ${name}`),
    'distrace, off': woven(shape, 'off', `off ${name}`),
    'distrace, on': woven(shape, 'on', `on ${name}`),
    // Off as before, in a process where the probes beside it are on.
    'distrace, off beside on': woven(shape, 'off', `beside ${name}`),
    'orchestrion, off': orchestrion(shape, 'off', `orchestrion off ${name}`),
    'orchestrion, on': orchestrion(shape, 'on', `orchestrion on ${name}`),
  };
}

/** What a call costs, and how deep recursion gets before the stack is full. */
export async function probe(options: MeasureOptions = {}): Promise<Row[]> {
  const rows: Row[] = [];
  for (const shape of SHAPES) {
    const variants = Object.entries(drivesOf(shape)).map(([of, drive]): Variant => ({
      name: of,
      run: async (n) => void (await drive(n)),
    }));
    rows.push(...(await measure(`probe, ${shape.name}`, variants, { times: shape.times, ...options })));
  }
  const drives = drivesOf(RECURSION);
  const samples = await interleave(Object.keys(drives), {
    rounds: 5,
    run: async (name) => Number(await drives[name]!(RECURSION.times)),
  });
  rows.push(...rowsOf(`probe, ${RECURSION.name}`, { unit: 'frames', samples }));
  return rows;
}
