import { describe, expect, it } from 'vitest';
import { readCommand } from './cli.ts';

const NAMES = ['span', 'rmq'];

describe('readCommand', () => {
  it('takes a name, and a file for the rows', () => {
    expect(readCommand(['span'], NAMES)).toEqual({ kind: 'run', bench: 'span', jsonFile: undefined });
    expect(readCommand(['rmq', '--json', 'out.json'], NAMES)).toMatchObject({ jsonFile: 'out.json' });
  });

  it('helps when asked, whatever else is said', () => {
    expect(readCommand(['--help', 'nonsense'], NAMES)).toMatchObject({ kind: 'help' });
  });

  it.each([
    [[], 'Which bench?'],
    [['constructor'], 'There is no bench "constructor".'],
    [['span', 'rmq'], 'One bench at a time'],
    [['span', '--jsno', 'x'], "Unknown option '--jsno'"],
  ])('refuses %j and lists the names', (argv, why) => {
    const command = readCommand(argv, NAMES);
    expect(command).toMatchObject({ kind: 'refuse', text: expect.stringContaining(why) });
    expect(command).toMatchObject({ text: expect.stringContaining('span, rmq') });
  });
});
