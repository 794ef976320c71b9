import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it, onTestFinished } from 'vitest';
import { Matcher, prepareRules, weaveRules } from '../../matchers/index.js';
import { weave } from '../../weaver/index.js';
import { createKeyPair, signText, WEAVER } from '../../wire/index.js';
import type { AvailabilityPhase, HasRequest, InstrumentAnswer, InstrumentRequest } from '../../wire/index.js';
import { exampleFolder, run } from '../cli.spec.helper.js';
import { removeFolders } from '../../services/extension.spec.helper.js';

const FILE = 'shop/dist/orders.js';

afterEach(removeFolders);

describe('distrace doctor', () => {
  it('I47: says what a file is, matched rules, why others do not match, phase, time and diff', async () => {
    const { exitCode, out } = await run(await exampleFolder(), ['doctor', FILE, '--rules', './ext']);
    expect(exitCode).toBe(0);
    const [file, source, key, rules, ...lines] = out.split('\n');
    expect(file).toBe('file     dist/orders.js of shop 2.1.0, CommonJS');
    expect(source).toMatch(/^source {3}sha256 [0-9a-f]{64}$/);
    expect(key).toMatch(/^key {6}[0-9a-f]{64}$/);
    expect(rules).toBe('rules    2 of 3 may touch this file');
    expect(lines.slice(0, 8)).toEqual([
      '  yes  orders  Orders.place:2, Orders.cancel:5',
      '  no   typo  matches nothing: plaec does not occur in the file',
      '         nearly Orders.place:2  method("plaec"): it is called place',
      '         nearly Orders.cancel:5  method("plaec"): it is called cancel',
      '  no   express  inPackage("express@>=5"): the file is in shop 2.1.0',
      'phase    woven here; no server was asked',
      'time     0.0 ms to parse, match and weave',
      'diff',
    ]);
    expect(out).toContain('--- a/shop/dist/orders.js');
  });

  it('says so where no rule may touch a file', async () => {
    const file = 'shop/node_modules/bank/orders.js';
    const { out } = await run(await exampleFolder(), ['doctor', file, '--rules', './ext']);
    expect(out).toContain(
      'key      none: no rule may touch this file\nrules    0 of 3 may touch this file\n',
    );
    expect(out).toContain('diff     none: the file stays as it is\n');
  });

  it('says why a file is refused', async () => {
    const folder = await exampleFolder({ 'shop/dist/orders.js': 'class Orders { place( {} }' });
    const { out } = await run(folder, ['doctor', FILE, '--rules', './ext']);
    expect(out).toMatch(/\nrefused {2}the file: .*\(syntax\)\n/);
  });

  it('says what is missing when it is asked for a file alone', async () => {
    const { exitCode, out } = await run(await exampleFolder(), ['doctor', FILE]);
    expect(exitCode).toBe(0);
    expect(out).toContain('rules    none were given');
  });

  it.each([
    ['instrumented', 'phase    instrumented; before the question instrumented; woven\n'],
    [null, 'phase    sent; before the question not there; woven\n'],
  ] as const)('I47: asks a server that has it %s for rules, phase, time and diff', async (phase, line) => {
    const url = await fakeServer(phase);
    const { exitCode, out, err } = await run(await exampleFolder(), [...asking(url), '--send']);
    expect({ exitCode, err }).toEqual({ exitCode: 0, err: '' });
    expect(out).toContain('  yes  orders  Orders.place:2\n');
    expect(out).toContain('  no   express (switched off)  is for other packages than shop\n');
    expect(out).toContain('  no   elsewhere  is for other files than dist/orders.js\n');
    expect(out).toContain('  no   words  is for names that this file does not hold\n');
    expect(out).toContain(line);
    expect(out).toContain('time     0.0 ms to ask the server\n');
    expect(out).toContain('+++ b/shop/dist/orders.js');
  });

  it('sends no source unless it is told to', async () => {
    const { out } = await run(await exampleFolder(), asking(await fakeServer(null)));
    expect(out).toContain('phase    not there: the server does not have this source; --send sends it\n');
    expect(out).toContain('  ?    orders  may touch this file\n');
  });

  it('tells what a server answers instead', async () => {
    const url = await fakeServer('instrumented');
    const { exitCode, err } = await run(await exampleFolder(), ['doctor', FILE, '--server', url]);
    expect(exitCode).toBe(1);
    expect(err).toMatch(/^distrace: DT_ERR_CLI_SERVER .* answered 401: no\n$/);
  });
});

function asking(url: string): readonly string[] {
  return ['doctor', FILE, '--server', url, '--service', 'shop', '--token', 'secret'];
}

/** Answers as a server does that has one rule for the file, with the source or without. */
async function fakeServer(phase: AvailabilityPhase | null): Promise<string> {
  const { privateKey } = createKeyPair();
  const every = { packages: null, path: null, words: [] };
  const rules = [
    { name: 'orders', files: [every], enabled: true },
    { name: 'express', files: [{ ...every, packages: ['express'] }], enabled: false },
    { name: 'elsewhere', files: [{ ...every, path: '^lib/' }], enabled: true },
    { name: 'words', files: [{ ...every, words: ['Nowhere'] }], enabled: true },
  ];
  const prepared = prepareRules([{ name: 'orders', match: new Matcher({ is: 'method', name: 'place' }) }], {
    weaver: WEAVER,
  });
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk) => (text += String(chunk)));
    request.on('end', () => {
      if (request.headers.authorization !== 'Bearer secret') return response.writeHead(401).end('no');
      const { pathname, searchParams } = new URL(request.url!, 'http://x');
      if (pathname === '/v1/manifest') {
        return response.end(
          signText('manifest', JSON.stringify({ rules, service: searchParams.get('service') }), privateKey),
        );
      }
      if (pathname === '/v1/has') {
        const { files } = JSON.parse(text) as HasRequest;
        return response.end(JSON.stringify({ phases: files.map(() => phase) }));
      }
      return response.end(JSON.stringify(instrument(JSON.parse(text) as InstrumentRequest)));
    });
  });
  const instrument = ({ file, text }: InstrumentRequest): InstrumentAnswer => {
    if (phase === null && text === undefined) return { status: 'need-source' };
    const source = text ?? SOURCE;
    const options = { path: file.path, format: file.format, sourceHash: file.source };
    const { edits } = weave(source, { ...options, rules: weaveRules(prepared.rulesFor(file).rules) });
    return {
      status: 'woven',
      phase: phase ?? 'sent',
      edits: signText('edits', JSON.stringify(edits), privateKey),
    };
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const SOURCE = `class Orders {
  place(id) {
    return id + 1;
  }
  cancel(id) { return -id; }
}
module.exports = { Orders };
`;
