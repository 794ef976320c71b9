import { describe, expect, it } from 'vitest';
import { SingleFlight } from './single-flight.js';

describe('SingleFlight', () => {
  it('runs work once for all who ask while it runs', async () => {
    const flights = new SingleFlight<number>();
    const work = Promise.withResolvers<number>();
    let runs = 0;
    const run = () => flights.run('a', () => (runs++, work.promise));
    const asked = [run(), run(), run()];
    work.resolve(7);
    expect(await Promise.all(asked)).toEqual([7, 7, 7]);
    expect([runs, flights.joined]).toEqual([1, 2]);
    await run();
    expect(runs).toBe(2);
  });

  it('gives a failure to all, and then tries again', async () => {
    const flights = new SingleFlight<number>();
    const failing = () => Promise.reject(new Error('no'));
    const asked = [flights.run('a', failing), flights.run('a', failing)];
    expect((await Promise.allSettled(asked)).map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await flights.run('a', () => Promise.resolve(1))).toBe(1);
  });

  it('says whether work runs for a key', async () => {
    const flights = new SingleFlight<number>();
    expect(flights.running('a')).toBeUndefined();
    const asked = flights.run('a', () => Promise.resolve(1));
    expect(flights.running('a')).toBe(asked);
    expect([flights.running('b'), flights.joined]).toEqual([undefined, 1]);
    await asked;
    expect(flights.running('a')).toBeUndefined();
  });

  it('keeps keys apart', async () => {
    const flights = new SingleFlight<string>();
    const both = ['a', 'b'].map((key) => flights.run(key, () => Promise.resolve(key)));
    expect(await Promise.all(both)).toEqual(['a', 'b']);
  });
});
