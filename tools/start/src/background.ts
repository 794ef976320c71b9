import type { Step } from './terminal.ts';

/** Work that runs while another step is shown; what it notes is kept until its own step begins. */
export interface Background<T> {
  shownBy(step: Step): Promise<T>;
  /** Never rejects. */
  readonly ended: Promise<unknown>;
}

/** Begins `work` at once; what it rejects with is heard by `shownBy` only. */
export function inBackground<T>(work: (note: (line: string) => void) => Promise<T>): Background<T> {
  const kept: string[] = [];
  let show = (line: string): unknown => kept.push(line);
  const done = work((line) => show(line));
  return {
    ended: done.catch(() => undefined),
    shownBy: (step) => {
      show = (line) => step.note(line);
      for (const line of kept) step.note(line);
      return done;
    },
  };
}
