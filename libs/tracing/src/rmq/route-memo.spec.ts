import { ServerRMQ } from '@nestjs/microservices';
import { describe, expect, it, vi } from 'vitest';
import { usedBytes } from './used-bytes.spec.helper.js';
import { rememberRoutes } from './route-memo.js';
import type { RoutingServer } from './route-memo.js';

class Server {
  asked = 0;
  getRouteFromPattern(pattern: string): string {
    this.asked += 1;
    return `route of ${pattern}`;
  }
}

/** Longer than what is remembered, by far. */
const LONG = 2 ** 20;

describe('rememberRoutes', () => {
  it('asks Nest once for each pattern', () => {
    const server = new Server();
    rememberRoutes(server);
    const answers = ['a', 'b', 'a', 'a'].map((pattern) => server.getRouteFromPattern(pattern));
    expect(answers).toEqual(['route of a', 'route of b', 'route of a', 'route of a']);
    expect(server.asked).toBe(2);
  });

  it.each(['word', '{"b":1,"a":"x"}', '7', '"quoted"', 'null', '[1,2]', '{broken', ''])(
    'answers as Nest does: %s',
    (pattern) => {
      const make = () => new ServerRMQ({}) as unknown as Required<RoutingServer>;
      const server = make();
      rememberRoutes(server);
      const expected = make().getRouteFromPattern(pattern);
      expect(server.getRouteFromPattern(pattern)).toEqual(expected);
      expect(server.getRouteFromPattern(pattern)).toEqual(expected);
    },
  );

  it('keeps no more than a thousand, and none that is long: patterns come from strangers', () => {
    const server = new Server();
    rememberRoutes(server);
    for (let index = 0; index < 1001; index++) server.getRouteFromPattern(`pattern ${index}`);
    server.getRouteFromPattern('x'.repeat(257));
    server.asked = 0;
    server.getRouteFromPattern('pattern 999');
    expect(server.asked).toBe(0);
    server.getRouteFromPattern('pattern 1000');
    server.getRouteFromPattern('x'.repeat(257));
    expect(server.asked).toBe(2);
  });

  it('keeps nothing of a message that a pattern was cut from', () => {
    const server = new ServerRMQ({}) as unknown as Required<RoutingServer>;
    rememberRoutes(server);
    const before = usedBytes();
    for (let index = 0; index < 40; index++) {
      server.getRouteFromPattern(Buffer.alloc(LONG, `pattern ${index}`).toString().slice(0, 200));
    }
    expect(usedBytes() - before).toBeLessThan(10 * LONG);
  });

  it.each(['\ud800', '\ufffd', 'Größe', '任务'])('tells %j from others', (pattern) => {
    const server = new ServerRMQ({}) as unknown as Required<RoutingServer>;
    rememberRoutes(server);
    server.getRouteFromPattern('\ud800');
    server.getRouteFromPattern(pattern);
    expect(server.getRouteFromPattern(pattern)).toBe(pattern);
  });

  it('leaves a server alone that finds routes in its own way, or in none', () => {
    class Own extends Server {
      override getRouteFromPattern = vi.fn<(pattern: string) => string>((pattern) => pattern);
    }
    class Overridden extends Server {
      override getRouteFromPattern(pattern: string): string {
        return super.getRouteFromPattern(pattern);
      }
    }
    const own = new Own();
    const overridden = new Overridden();
    for (const server of [own, overridden]) {
      rememberRoutes(server);
      server.getRouteFromPattern('a');
      server.getRouteFromPattern('a');
    }
    expect(own.getRouteFromPattern).toHaveBeenCalledTimes(2);
    expect(overridden.asked).toBe(2);
    expect(() => rememberRoutes({})).not.toThrow();
  });
});
