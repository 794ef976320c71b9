import { describe, expect, it } from 'vitest';
import type { Kind, Span } from './span.js';
import { Picks } from './random.spec.helper.js';
import { displayWidth } from './text.js';
import { buildTraceTree } from './trace/tree.js';
import { renderWaterfall } from './waterfall.js';

const T = 1_764_000_000_000_000;
const span = (
  id: string,
  parentId: string | undefined,
  [serviceName, name, kind]: readonly [service: string, name: string, kind?: Kind],
  [start, duration]: readonly [start: number, duration?: number],
  tags?: Span['tags'],
): Span => ({
  traceId: '48485a3953bb61246b221d5bc9e6496c',
  id,
  ...(parentId && { parentId }),
  ...(kind && { kind }),
  name,
  timestamp: T + start,
  ...(duration && { duration }),
  localEndpoint: { serviceName },
  ...(tags && { tags }),
});

const task: Span[] = [
  span('01', undefined, ['client', 'POST /tasks', 'SERVER'], [0, 4200]),
  span('02', '01', ['client', 'Main Client Span'], [900, 48_300]),
  span('03', '02', ['client', 'send tasks', 'PRODUCER'], [1600, 3100]),
  span('04', '03', ['executor', 'process tasks', 'CONSUMER'], [5200, 24_100]),
  span('05', '04', ['executor', 'Executor span'], [5600, 23_200]),
  span('06', '05', ['executor', 'count words'], [6900, 11_000]),
  span('07', '05', ['executor', 'count words'], [7000, 14_900], { error: 'out of memory' }),
  span('08', '05', ['executor', 'send results', 'PRODUCER'], [27_000]),
];
const SGR = new RegExp(String.raw`\u001b\[\d+m`, 'g');
const strip = (text: string): string => text.replaceAll(SGR, '');
const linesOf = (text: string): string[] => strip(text).trimEnd().split('\n');

describe('renderWaterfall', () => {
  it('draws the tree beside bars on one scale', () => {
    expect(`\n${renderWaterfall(buildTraceTree(task), { width: 100 })}`).toBe(`
trace 48485a3953bb61246b221d5bc9e6496c · 8 spans · 2 services · 49.2ms · 1 error
  SPAN                              KIND      DURATION  0                 20ms              40ms
  client    POST /tasks             SERVER       4.2ms  ███▊              ┊                 ┊
  └ client    Main Client Span      INTERNAL    48.3ms  ┊███████████████████████████████████████████
    └ client    send tasks          PRODUCER     3.1ms  ┊▐██▎             ┊                 ┊
      └ executor  process tasks     CONSUMER    24.1ms  ┊   ▐█████████████████████▎         ┊
        └ executor  Executor span   INTERNAL    23.2ms  ┊    ████████████████████▊          ┊
          ├ executor  count words   INTERNAL      11ms  ┊     ██████████  ┊                 ┊
!         ├ executor  count words   INTERNAL    14.9ms  ┊     ▐████████████▋                ┊
          └ executor  send results  PRODUCER      open  ┊                 ┊     ░░░░░░░░░░░░░░░░░░░░
`);
  });

  it("draws a receiver's half under its sender's, and counts both as one span", () => {
    const call = span('03', '02', ['client', 'get', 'CLIENT'], [1600, 9000]);
    const receiver = span('03', '02', ['executor', 'get', 'SERVER'], [2000, 8000], { error: '' });
    const below = span('04', '03', ['executor', 'look up'], [3000, 1000]);
    const lines = linesOf(renderWaterfall(buildTraceTree([call, receiver, below, task[1]!]), { width: 100 }));
    expect(lines[0]).toContain('3 spans · 2 services · 48.3ms · 1 error');
    expect(lines.slice(3).map((line) => line.slice(0, 40).trimEnd())).toEqual([
      '  └ client    get             CLIENT',
      '!   └ executor  get           SERVER',
      '      └ executor  look up     INTERNAL',
      'incomplete: 1 parent span missing (01)',
    ]);
  });

  it('says what is missing below the tree', () => {
    const lines = linesOf(
      renderWaterfall(buildTraceTree([...task.slice(1), { ...task[0]!, id: 'f', parentId: 'f' }]), {
        width: 80,
      }),
    );
    expect(lines.slice(-2)).toEqual([
      'incomplete: 1 parent span missing (01)',
      'a parent is its own descendant: link cut at f',
    ]);
  });

  it('draws in ASCII if asked', () => {
    const text = renderWaterfall(buildTraceTree(task), { width: 120, unicode: false });
    expect(text).toMatch(/^[\x20-\x7e\n]*$/);
    expect(text).toContain('`-executor  process tasks');
  });

  it('has no escape sequence unless colours are asked for, and the same text with them', () => {
    const plain = renderWaterfall(buildTraceTree(task), { width: 120 });
    const coloured = renderWaterfall(buildTraceTree(task), { width: 120, colors: true });
    expect(plain).not.toContain('\u001b');
    expect(linesOf(coloured).map((line) => line.trimEnd())).toEqual(linesOf(plain));
    const errorRow = coloured.split('\n').find((line) => line.includes('!'));
    expect(errorRow).toContain('\u001b[31m! ');
  });

  it('gives each service its colour', () => {
    const coloured = renderWaterfall(buildTraceTree(task), { width: 120, colors: true });
    expect(coloured).toContain('\u001b[36mclient  \u001b[0m');
    expect(coloured).toContain('\u001b[33mexecutor\u001b[0m');
  });

  it("never passes other people's control characters to the terminal", () => {
    const hostile = [span('a', undefined, ['ser\u001bvice', 'na\u001b]0;owned\u0007me\nnext'], [0, 5])];
    const text = renderWaterfall(buildTraceTree(hostile), { width: 100 });
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
    expect(linesOf(text)).toHaveLength(3);
  });

  it('draws traces without any time, without services and without spans', () => {
    const bare = { traceId: '0000000000000001', id: '0000000000000002' };
    expect(linesOf(renderWaterfall(buildTraceTree([bare]), { width: 80 }))[2]).toMatch(
      /^- {2}\(no name\) +INTERNAL +-/,
    );
    expect(renderWaterfall(buildTraceTree([]), { width: 80 })).toBe('no spans\n');
  });

  it('keeps within any width, with the bars of all rows in one column', () => {
    const picks = new Picks(5);
    for (let i = 0; i < 300; i++) {
      const spans = Array.from({ length: picks.number(1, 30) }, (_, index) =>
        span(
          `s${index}`,
          picks.maybe(() => `s${picks.number(0, 30)}`),
          [
            picks.of(['a', 'client', '日本語サービス', 'a service with a very long name indeed']),
            picks.text().repeat(picks.number(1, 9)),
          ],
          [
            picks.number(0, 10 ** picks.number(1, 9)),
            picks.maybe(() => picks.number(1, 10 ** picks.number(1, 9))),
          ],
          picks.maybe(() => ({ error: '' })),
        ),
      );
      const width = picks.number(60, 220);
      const unicode = picks.of([true, false]);
      const lines = linesOf(
        renderWaterfall(buildTraceTree(spans), { width, unicode, colors: picks.of([true, false]) }),
      );
      for (const line of lines)
        expect(displayWidth(line)).toBeLessThanOrEqual(Math.min(Math.max(width, 80), 200));
      const kinds = lines
        .filter((line) => line.includes('INTERNAL'))
        .map((line) => displayWidth(line.slice(0, line.lastIndexOf('INTERNAL'))));
      expect(new Set(kinds).size).toBe(1);
    }
  });

  it('draws a chain of 20,000 spans in lines of bounded length', () => {
    const chain = Array.from({ length: 20_000 }, (_, i) =>
      span(`c${i}`, i === 0 ? undefined : `c${i - 1}`, ['client', `step ${i}`], [i, 5]),
    );
    const lines = linesOf(renderWaterfall(buildTraceTree(chain), { width: 120 }));
    expect(lines).toHaveLength(20_002);
    expect(lines.at(-1)).toMatch(/^⋯ +└ client {2}step 19999/);
  });
});
