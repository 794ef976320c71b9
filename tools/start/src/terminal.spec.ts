import { describe, expect, it } from 'vitest';
import { StartError } from './errors.ts';
import { createTerminal, during, elapsed } from './terminal.ts';

function terminalOn(output: { isTTY?: boolean; columns?: number }, env: NodeJS.ProcessEnv = {}) {
  let text = '';
  let tick: (() => void) | undefined;
  const terminal = createTerminal(
    { ...output, write: (more: string) => (text += more) },
    {
      env,
      now: () => 0,
      every: (callback) => {
        tick = callback;
        return () => undefined;
      },
    },
  );
  return { terminal, text: () => text, tick: () => tick?.() };
}

describe('the terminal', () => {
  it('writes plain lines where nobody watches', () => {
    const { terminal, text } = terminalOn({});
    const step = terminal.step('RabbitMQ');
    step.note('installing');
    step.done('a private node');
    expect(text()).toBe('   RabbitMQ   installing\n ✓ RabbitMQ   a private node  0.0 s\n');
  });

  it('says of a step that a person ended only that', async () => {
    const { terminal, text } = terminalOn({});
    const interrupted = new StartError('DT_ERR_START_INTERRUPTED', 'Ended by SIGINT.');
    await expect(during(terminal.step('exporter'), () => Promise.reject(interrupted))).rejects.toBe(
      interrupted,
    );
    await expect(during(terminal.step('build'), () => Promise.reject(new Error('no')))).rejects.toThrow('no');
    expect(text()).toBe(' ✗ exporter   interrupted  0.0 s\n ✗ build        0.0 s\n');
  });

  it('spins on a TTY and leaves one line', () => {
    const { terminal, text, tick } = terminalOn({ isTTY: true, columns: 80 }, { NO_COLOR: '1' });
    const step = terminal.step('build');
    tick();
    step.done();
    expect(text().split('\r\u001B[2K')).toEqual([
      '',
      ' ⠋ build      ',
      ' ⠙ build      ',
      ' ✓ build        0.0 s\n',
    ]);
  });

  it('cuts a note to the width, since a wrapped line could not be erased', () => {
    const { terminal, text } = terminalOn({ isTTY: true, columns: 30 }, { NO_COLOR: '1' });
    terminal.step('build').note('x'.repeat(100));
    expect(
      Math.max(
        ...text()
          .split('\r\u001B[2K')
          .map((line) => line.length),
      ),
    ).toBeLessThan(30);
  });

  it('colours only a TTY, and not with NO_COLOR', () => {
    expect(terminalOn({ isTTY: true }).terminal.bold('a')).not.toBe('a');
    expect(terminalOn({ isTTY: true }, { NO_COLOR: '1' }).terminal.bold('a')).toBe('a');
    expect(terminalOn({}).terminal.bold('a')).toBe('a');
  });

  it('tells time as people do', () => {
    expect([0, 949, 9_940, 9_960, 59_400, 123_000].map(elapsed)).toEqual([
      '0.0 s',
      '0.9 s',
      '9.9 s',
      '10 s',
      '59 s',
      '2 min 3 s',
    ]);
  });
});
