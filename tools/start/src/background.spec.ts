import { expect, it } from 'vitest';
import { inBackground } from './background.ts';

const stepThat = (noted: string[]) => ({
  note: (line: string) => void noted.push(line),
  done: () => undefined,
  fail: () => undefined,
});

it('work in the background is shown by its step: what it noted before, and after', async () => {
  const end = Promise.withResolvers<void>();
  let note: (line: string) => void = () => undefined;
  const work = inBackground(async (say) => {
    note = say;
    say('waiting');
    await end.promise;
    return 'built';
  });
  const noted: string[] = [];
  const shown = work.shownBy(stepThat(noted));
  note('building');
  end.resolve();
  expect(await shown).toBe('built');
  expect(noted).toEqual(['waiting', 'building']);
});

it('work in the background that fails bothers nobody but its step', async () => {
  const work = inBackground(() => Promise.reject(new Error('no')));
  await work.ended;
  await expect(work.shownBy(stepThat([]))).rejects.toThrow('no');
});
