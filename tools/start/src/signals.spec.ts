import { describe, expect, it } from 'vitest';
import { parentWatch, parseStat } from './parent.ts';
import { listenForSignals } from './signals.ts';

function listening() {
  const listeners = new Map<string, () => void>();
  const said: string[] = [];
  const clock = { time: 1_000 };
  let orphan: (() => void) | undefined;
  const interruption = listenForSignals({
    on: (signal, listener) => listeners.set(signal, listener),
    onParentGone: (callback) => {
      orphan = callback;
    },
    onFirst: (why) => said.push(why),
    now: () => clock.time,
  });
  return {
    interruption,
    said,
    clock,
    send: (signal: string) => listeners.get(signal)!(),
    orphan: () => orphan?.(),
  };
}

describe('signals', () => {
  it.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ])('%s interrupts once', (signal, exitCode) => {
    const { interruption, said, send } = listening();
    send(signal);
    expect(interruption.interrupt.reason).toMatchObject({ exitCode, message: `Ended by ${signal}.` });
    expect(interruption.hurry.aborted).toBe(false);
    expect(said).toEqual([signal]);
  });

  it('hurry only when they are a second Ctrl-C, not the same one passed on by npm', () => {
    const { interruption, clock, send } = listening();
    send('SIGINT');
    clock.time += 499;
    send('SIGINT');
    expect(interruption.hurry.aborted).toBe(false);
    clock.time += 1;
    send('SIGINT');
    expect(interruption.hurry.aborted).toBe(true);
  });

  it('are not needed when the parent goes', () => {
    const { interruption, said, orphan, send } = listening();
    orphan();
    expect(interruption.interrupt.reason).toMatchObject({ exitCode: 1 });
    send('SIGTERM');
    expect(said).toHaveLength(1);
  });
});

describe('the parent', () => {
  it('is read from /proc whatever its name is', () => {
    expect(parseStat('12 (a) b (c) S 7 12 12 0 -1')).toEqual({ command: 'a) b (c', ppid: 7 });
    expect(parseStat('nonsense')).toBeUndefined();
  });

  it('has gone when we are given another', () => {
    let ppid = 5;
    const isGone = parentWatch({ ppid: () => ppid, readStat: () => undefined, viaNpm: false });
    expect(isGone()).toBe(false);
    ppid = 1;
    expect(isGone()).toBe(true);
  });

  it('has gone when npm has, although its shell waits for us', () => {
    let npm = 4;
    const isGone = parentWatch({
      ppid: () => 5,
      readStat: () => ({ command: 'sh', ppid: npm }),
      viaNpm: true,
    });
    expect(isGone()).toBe(false);
    npm = 1;
    expect(isGone()).toBe(true);
  });

  it('is only itself when it is no shell of npm', () => {
    let above = 4;
    const stat = (command: string) => () => ({ command, ppid: above });
    const questions = [
      parentWatch({ ppid: () => 5, readStat: stat('npm start'), viaNpm: true }),
      parentWatch({ ppid: () => 5, readStat: stat('bash'), viaNpm: false }),
    ];
    above = 1;
    expect(questions.map((isGone) => isGone())).toEqual([false, false]);
  });
});
