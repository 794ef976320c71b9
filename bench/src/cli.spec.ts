import { describe, expect, it } from 'vitest';
import { readCommand } from './cli.ts';

const NAMES = { span: 'a span (1 s)', rmq: 'messages (2 min)' };

describe('readCommand', () => {
  it('takes a name, and a file for the rows', () => {
    expect(readCommand(['span'], NAMES)).toEqual({ kind: 'run', bench: 'span', jsonFile: undefined });
    expect(readCommand(['rmq', '--json', 'out.json'], NAMES)).toMatchObject({ jsonFile: 'out.json' });
  });

  it('helps when asked, whatever else is said', () => {
    expect(readCommand(['--help', 'nonsense'], NAMES)).toMatchObject({
      kind: 'help',
      text: expect.stringMatching(/^ {2}span {2}a span \(1 s\)\n {2}rmq {3}messages \(2 min\)$/m),
    });
  });

  it.each([
    [[], 'Which bench?'],
    [['constructor'], 'There is no bench "constructor".'],
    [['span', 'rmq'], 'One bench at a time'],
    [['span', '--jsno', 'x'], "Unknown option '--jsno'"],
  ])('refuses %j and lists the benches', (argv, why) => {
    const command = readCommand(argv, NAMES);
    expect(command).toMatchObject({ kind: 'refuse', text: expect.stringContaining(why) });
    expect(command).toMatchObject({ text: expect.stringMatching(/span .*\n.*rmq /) });
  });
});
