import { describe, expect, it } from 'vitest';
import { anotherPort, choosePorts } from './ports.ts';

/** Finds the first port that is not taken. */
const without =
  (...taken: number[]) =>
  async ({ from }: { readonly from: number }) => {
    let port = from;
    while (taken.includes(port)) port += 1;
    return port;
  };

describe('ports', () => {
  it('are three in a row from the base', async () => {
    expect(await choosePorts(3000, without())).toEqual({
      of: { client: 3000, executor: 3001, exporter: 3002 },
      notes: [],
    });
  });

  it('step over a taken one without pushing the others away, and say so', async () => {
    expect(await choosePorts(3000, without(3000))).toEqual({
      of: { client: 3003, executor: 3001, exporter: 3002 },
      notes: ['port 3000 is taken, so the client uses 3003'],
    });
  });

  it('are never given twice', async () => {
    const { of } = await choosePorts(3000, without(3000, 3001, 3002));
    expect(Object.values(of).toSorted()).toEqual([3003, 3004, 3005]);
  });

  it('that were lost are replaced by one that nobody in the run has', async () => {
    expect(await anotherPort(3000, new Set([3000, 3001, 3002]), without(3003))).toBe(3004);
  });
});
