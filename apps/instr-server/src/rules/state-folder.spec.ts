import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cleanWith, tempFolder } from '../testing.spec.helper.js';
import type { RuleState } from './rule-state.js';
import { StateFolder } from './state-folder.js';

cleanWith(onTestFinished);

const FIRST: RuleState = { rulesHash: 'a', serial: 1, bundle: 'b', disabled: [], origin: 'o' };

function setUp(folder: string | undefined = join(tempFolder(), 'rules')) {
  const warnings: string[] = [];
  const open = () => new StateFolder({ folder, warn: (message) => warnings.push(message) });
  return { folder: folder ?? '', warnings, open };
}

/** Adds a name to what is off. */
const add = (name: string) => (states: readonly RuleState[]) => {
  const { serial, disabled } = states[0] ?? FIRST;
  return { ...FIRST, serial: serial + 1, disabled: [...disabled, name] };
};

describe('the states of rule sets', () => {
  it('lose no change when many servers make theirs at the same time', async () => {
    const { folder, warnings, open } = setUp();
    const names = Array.from({ length: 24 }, (_, i) => `rule ${i}`);
    const servers = [open(), open(), open(), open()];
    await Promise.all(names.map((name, i) => servers[i % 4]!.change(add(name))));
    for (const server of [...servers, open()]) {
      const [state] = await server.read();
      expect(state?.disabled.toSorted()).toEqual(names.toSorted());
      expect(state?.serial).toBe(25);
    }
    expect(warnings).toEqual([]);
    // No file of a change that came second stays, and few of those before.
    expect(readdirSync(folder).filter((name) => name.endsWith('.new'))).toEqual([]);
    expect(readdirSync(folder).length).toBeLessThanOrEqual(9);
  });

  it('lose no change in the memory of one server', async () => {
    const states = new StateFolder({ folder: undefined, warn: () => {} });
    await Promise.all(['x', 'y', 'z'].map((name) => states.change(add(name))));
    expect(await states.read()).toMatchObject([{ disabled: ['x', 'y', 'z'] }]);
  });

  it('write nothing where nothing changes', async () => {
    const { folder, open } = setUp();
    const states = open();
    await states.change(() => FIRST);
    await states.change((known) => known[0]!);
    expect(readdirSync(folder)).toEqual(['1.json']);
  });

  it.each(['', '{', '{}', '[{}]', '[null]', '[{"serial":1,"rulesHash":"a","bundle":"b","disabled":[1]}]'])(
    'are those from before when the newest file is spoilt: %j',
    async (text) => {
      const { folder, open } = setUp();
      await open().change(add('x'));
      writeFileSync(join(folder, '2.json'), text);
      expect(await open().read()).toMatchObject([{ disabled: ['x'] }]);
      await open().change(add('y'));
      expect(await open().read()).toMatchObject([{ disabled: ['x', 'y'] }]);
      expect(existsSync(join(folder, '3.json'))).toBe(true);
    },
  );

  it('hold in this server, with a warning, where the folder cannot be written', async () => {
    const parent = tempFolder();
    writeFileSync(join(parent, 'rules'), 'a file');
    const { warnings, open } = setUp(join(parent, 'rules'));
    const states = open();
    await states.change(add('x'));
    await states.change(add('y'));
    expect(await states.read()).toMatchObject([{ disabled: ['x', 'y'], serial: 3 }]);
    expect(warnings).toEqual([
      expect.stringContaining('cannot be kept'),
      expect.stringContaining('cannot be kept'),
    ]);
  });
});
