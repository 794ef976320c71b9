import { describe, expect, it } from 'vitest';
import { freePort, freePorts, isAnswering, isPortFree } from './ports.ts';
import { startFakeServer } from './testing/fake-server.ts';

describe('ports', () => {
  it('isAnswering tells whether somebody accepts', async () => {
    await using server = await startFakeServer(() => undefined);
    expect(await isAnswering(server.port)).toBe(true);
    expect(await isAnswering(await freePort())).toBe(false);
  });

  it('a port is not free while somebody listens on it', async () => {
    const server = await startFakeServer(() => undefined);
    expect(await isPortFree(server.port)).toBe(false);
    await server[Symbol.asyncDispose]();
    expect(await isPortFree(server.port)).toBe(true);
  });

  it('freePort takes the first free one from a start on', async () => {
    await using server = await startFakeServer(() => undefined);
    expect(await freePort({ from: server.port })).toBeGreaterThan(server.port);
  });

  it('freePort keeps out of the range of outgoing connections', async () => {
    const ports = await freePorts(5);
    expect(new Set(ports).size).toBe(5);
    expect(ports.every((port) => port >= 20_000 && port < 32_000)).toBe(true);
  });

  it('freePort says so when there is none', async () => {
    await expect(freePort({ from: 65_536 })).rejects.toMatchObject({ code: 'DT_ERR_NO_FREE_PORT' });
  });
});
