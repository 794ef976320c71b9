import { describe, expect, it } from 'vitest';
import type { Broker } from './broker.ts';
import { findOrStartBroker, localBroker } from './find-or-start.ts';
import type { Ways } from './find-or-start.ts';
import type { Guardian } from './guardian.ts';
import { freePort } from './ports.ts';
import { startFakeBroker, startFakeServer } from './testing/fake-server.ts';

const guardian: Guardian = {
  adoptProcess: () => undefined,
  releaseProcess: () => undefined,
  adoptFolder: () => undefined,
  releaseFolder: () => undefined,
  lost: new Promise(() => undefined),
  close: async () => undefined,
};

const order = ['local', 'installed', 'docker', 'apt'] as const;

/** Ways that all end in `no NAME`, except those given; notes which were tried. */
function makeWays(given: Partial<Ways>) {
  const tried: string[] = [];
  const ways = Object.fromEntries(
    order.map((name) => [
      name,
      async () => {
        tried.push(name);
        return (await given[name]?.()) ?? `no ${name}`;
      },
    ]),
  ) as unknown as Ways;
  return { tried, ways };
}

const broker = (description: string): Broker => ({
  url: 'amqp://guest:guest@127.0.0.1',
  owner: 'local',
  description,
  stop: async () => undefined,
});

function find(ways: Ways, env: NodeJS.ProcessEnv = {}, signal?: AbortSignal) {
  const lines: string[] = [];
  const found = findOrStartBroker({ guardian, log: (line) => lines.push(line), env, ways, signal });
  return { found, lines };
}

describe('findOrStartBroker', () => {
  it.each(order)('takes "%s" and tries nothing after it', async (name) => {
    const { tried, ways } = makeWays({ [name]: async () => broker(name) });
    expect((await find(ways).found).description).toBe(name);
    expect(tried).toEqual(order.slice(0, order.indexOf(name) + 1));
  });

  it('says every reason and what to install when no way leads to a broker', async () => {
    const { found, lines } = find(makeWays({}).ways);
    await expect(found).rejects.toMatchObject({ code: 'DT_ERR_NO_BROKER' });
    await expect(found).rejects.toThrow(
      /- no local\n- no installed\n- no docker\n- no apt\nTo get a broker:/,
    );
    expect(lines).toEqual(['no local', 'no installed', 'no docker', 'no apt']);
  });

  it('goes on when a way fails', async () => {
    const { ways } = makeWays({
      installed: () => Promise.reject(new Error('the node does not start')),
      docker: async () => broker('docker'),
    });
    const { found, lines } = find(ways);
    expect((await found).description).toBe('docker');
    expect(lines).toContain('the node does not start');
  });

  it('does not go on once it is aborted', async () => {
    const abort = new AbortController();
    const { tried, ways } = makeWays({
      installed: async () => {
        abort.abort(new Error('enough'));
        throw new Error('the start was aborted');
      },
    });
    await expect(find(ways, {}, abort.signal).found).rejects.toThrow('enough');
    expect(tried).toEqual(['local', 'installed']);
  });

  it('an empty AMQP_URL is none', async () => {
    const { ways } = makeWays({ local: async () => broker('local') });
    expect((await find(ways, { AMQP_URL: '' }).found).owner).toBe('local');
  });
});

describe('findOrStartBroker with AMQP_URL', () => {
  it('uses that broker, whatever else there is, and shows no credentials', async () => {
    await using server = await startFakeBroker('secret');
    const { tried, ways } = makeWays({});
    const url = `amqp://me:secret@127.0.0.1:${server.port}`;
    const { found } = find(ways, { AMQP_URL: url });
    expect(await found).toMatchObject({
      url,
      owner: 'environment',
      description: `the broker at amqp://***@127.0.0.1:${server.port} (AMQP_URL)`,
    });
    expect(tried).toEqual([]);
  });

  it('fails and starts nothing when nobody answers there', async () => {
    const port = await freePort();
    const { tried, ways } = makeWays({});
    const { found } = find(ways, { AMQP_URL: `amqp://me:secret@127.0.0.1:${port}/v` });
    await expect(found).rejects.toMatchObject({
      code: 'DT_ERR_AMQP_NO_ANSWER',
      message: `AMQP_URL must name a broker that lets us log in, but at amqp://***@127.0.0.1:${port}/v: the connection was refused. Start that broker, correct AMQP_URL, or unset it to have one found or started.`,
    });
    expect(tried).toEqual([]);
  });

  it('tells a refused login from something that is no broker', async () => {
    await using refusing = await startFakeBroker('other');
    await using web = await startFakeServer((socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
    const { ways } = makeWays({});
    const at = (port: number) => find(ways, { AMQP_URL: `amqp://me:secret@127.0.0.1:${port}` }).found;
    await expect(at(refusing.port)).rejects.toMatchObject({ code: 'DT_ERR_AMQP_REFUSED' });
    await expect(at(refusing.port)).rejects.not.toThrow(/secret/);
    await expect(at(web.port)).rejects.toMatchObject({ code: 'DT_ERR_AMQP_NOT_SPOKEN' });
  });
});

describe('localBroker', () => {
  it('takes a broker that lets guest log in', async () => {
    await using server = await startFakeBroker('guest');
    expect(await localBroker(server.port)).toMatchObject({ owner: 'local' });
  });

  it('says why it does not take another', async () => {
    await using refusing = await startFakeBroker('other');
    await using web = await startFakeServer((socket) => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n'));
    expect(await localBroker(refusing.port)).toContain('does not let guest log in (403');
    expect(await localBroker(web.port)).toContain('is no broker');
    expect(await localBroker(await freePort())).toContain('the connection was refused');
  });
});
