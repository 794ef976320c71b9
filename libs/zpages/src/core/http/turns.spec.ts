import { describe, expect, it } from 'vitest';
import { Turns } from './turns.js';

/** An event loop whose turns the test gives. */
function loop() {
  const runs: (() => void)[] = [];
  const turns = new Turns((run) => void runs.push(run));
  const turn = async () => {
    runs.shift()?.();
    for (let i = 0; i < 5; i++) await Promise.resolve();
  };
  return { turns, turn, runs };
}

const open = new AbortController().signal;

describe('the turns of pages', () => {
  it('give one slice of work to each turn of the event loop, to the page first that was asked for first', async () => {
    const { turns, turn, runs } = loop();
    const done: string[] = [];
    const page = (order: number) =>
      turns.run({ order, signal: open }, async () => {
        for (const slice of ['a', 'b']) {
          await turns.next();
          done.push(`${order}${slice}`);
        }
      });
    const pages = [page(2), page(1), page(3)];
    for (let n = 1; n <= 6; n++) {
      await turn();
      expect(done).toHaveLength(n);
      expect(runs.length).toBeLessThanOrEqual(1);
    }
    expect(done).toEqual(['1a', '1b', '2a', '2b', '3a', '3b']);
    await Promise.all(pages);
    expect(runs).toEqual([]);
  });

  it('are not held up by a page that waits for something else', async () => {
    const { turns, turn } = loop();
    let done = false;
    void turns.run({ order: 1, signal: open }, async () => {
      await turns.next();
      await new Promise(() => {});
    });
    void turns.run({ order: 2, signal: open }, async () => {
      await turns.next();
      done = true;
    });
    await turn();
    await turn();
    expect(done).toBe(true);
  });

  it('end the work that nobody waits for, at the cost of no turn', async () => {
    const { turns, turn } = loop();
    const gone = new AbortController();
    const work = turns.run({ order: 1, signal: gone.signal }, () => turns.next());
    const refused = work.catch((error: Error) => error.message);
    let done = false;
    void turns.run({ order: 2, signal: open }, async () => {
      await turns.next();
      done = true;
    });
    gone.abort(new Error('gone'));
    await turn();
    expect(await refused).toBe('gone');
    expect(done).toBe(true);
  });

  it('come without a page too', async () => {
    const { turns, turn } = loop();
    const next = turns.next();
    await turn();
    await expect(next).resolves.toBeUndefined();
  });
});
