import { create } from '@apm-js-collab/code-transformer';
import type { InstrumentationConfig } from '@apm-js-collab/code-transformer';
import { describe, expect, it } from 'vitest';
import { prepareRules, weaveRules } from '../matchers/index.js';
import { weave } from '../weaver/index.js';
import { matchersFromOrchestrion } from './orchestrion.js';
import type { OrchestrionConfig } from './orchestrion.js';

const module = { name: 'shop', versionRange: '>=2', filePath: 'lib/shop.js' };
const entry = (functionQuery: object, channelName = 'ch') => ({ channelName, module, functionQuery });
const file = {
  package: 'shop',
  version: '2.1.0',
  path: 'lib/shop.js',
  format: 'cjs',
  source: '0'.repeat(64),
} as const;

const SOURCE = `
class Orders { constructor() {} place(x) { return x; } #check() {} async send() {} }
const Named = class { place() {} };
const table = { handle() {}, other: function () {} };
function start() {}
const stop = () => {};
const wait = async function () {};
exports.go = function () {};
`;

function functionsOf(config: OrchestrionConfig): readonly string[] {
  const { rules } = prepareRules(matchersFromOrchestrion(config), { weaver: 1 }).rulesFor(file);
  return weave(SOURCE, { path: file.path, format: 'cjs', rules: weaveRules(rules) }).probes.map(
    (probe) => probe.function,
  );
}

describe('matchersFromOrchestrion', () => {
  it.each([
    [{ className: 'Orders', methodName: 'place', kind: 'Sync' }, ['Orders.place']],
    [{ className: 'Named', methodName: 'place', kind: 'Sync' }, ['Named.place']],
    [{ className: 'Orders', methodName: 'send', kind: 'Async' }, ['Orders.send']],
    [{ className: 'Orders', privateMethodName: 'check', kind: 'Sync' }, ['Orders.#check']],
    [{ className: 'Orders' }, ['Orders.constructor']],
    [{ methodName: 'handle', kind: 'Auto' }, ['handle']],
    [{ methodName: 'place', kind: 'Sync', index: null }, ['Orders.place', 'Named.place']],
    [{ functionName: 'start', kind: 'Sync' }, ['start']],
    [{ expressionName: 'stop', kind: 'Sync' }, ['stop']],
    [{ expressionName: 'wait', kind: 'Async' }, ['wait']],
    [{ expressionName: 'go', kind: 'Sync' }, ['go']],
  ])('finds what orchestrion finds for %j', (functionQuery, found) => {
    const config = entry(functionQuery) as InstrumentationConfig & OrchestrionConfig;
    const peer = create([config]).getTransformer('shop', '2.1.0', 'lib/shop.js');
    expect(() => peer!.transform(SOURCE, 'cjs')).not.toThrow();
    expect(functionsOf(config)).toEqual(found);
  });

  it('touches no other version, package or file', () => {
    const { rulesFor } = prepareRules(matchersFromOrchestrion(entry({ functionName: 'start' })), {
      weaver: 1,
    });
    expect(rulesFor(file).rules).toHaveLength(1);
    expect(rulesFor({ ...file, version: '1.9.0' }).key).toBeNull();
    expect(rulesFor({ ...file, package: 'bank' }).key).toBeNull();
    expect(rulesFor({ ...file, path: 'lib/shop.mjs' }).key).toBeNull();
  });

  it('gives one matcher per channel, as CommonJS and ESM forms of a package share theirs', () => {
    const esm = { ...entry({ functionName: 'start' }), module: { ...module, filePath: 'lib/shop.mjs' } };
    const matchers = matchersFromOrchestrion([
      entry({ functionName: 'start' }),
      esm,
      entry({ functionName: 'x' }, 'b'),
    ]);
    expect(matchers.map(({ name }) => name)).toEqual(['orchestrion:shop:ch', 'orchestrion:shop:b']);
  });

  it.each([
    ['astQuery', { ...entry({}), astQuery: 'FunctionDeclaration' }],
    ['transform', { ...entry({ functionName: 'x' }), transform: 'mine' }],
    ['functionQuery', { channelName: 'ch', module }],
    ['filePath', { ...entry({ functionName: 'x' }), module: { ...module, filePath: /lib/ } }],
    ['filePath', { ...entry({ functionName: 'x' }), module: { ...module, filePath: 'lib/*.js' } }],
    ['isExportAlias', entry({ functionName: 'x', isExportAlias: true })],
    ['Callback', entry({ functionName: 'x', kind: 'Callback' })],
    ['mutableResult', entry({ functionName: 'x', mutableResult: true })],
    ['index 2', entry({ functionName: 'x', index: 2 })],
    ['objectName', entry({ objectName: 'this', propertyName: 'x' })],
    ['must name a function', entry({ kind: 'Sync' })],
  ])('refuses what it cannot say: %s', (part, config) => {
    expect(() => matchersFromOrchestrion(config)).toThrow(
      expect.objectContaining({ code: 'DT_ERR_ORCHESTRION', message: expect.stringContaining(part) }),
    );
  });
});
