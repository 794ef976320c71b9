import { EventEmitter } from 'node:events';
import type { ServerResponse } from 'node:http';
import { describe, expect, it } from 'vitest';
import { NobodyWaits, PageQueue } from './one-at-a-time.js';
import { Turns } from './turns.js';

function queue() {
  const runs: (() => void)[] = [];
  const turns = new Turns((run) => void runs.push(run));
  const turn = async () => {
    runs.shift()?.();
    for (let i = 0; i < 10; i++) await Promise.resolve();
  };
  return { turns, pages: new PageQueue<string>(turns), turn };
}

function response(socket: unknown = {}): ServerResponse & { destroyed: boolean } {
  return Object.assign(new EventEmitter(), { socket, destroyed: false }) as never;
}

describe('the queue of pages', () => {
  it('makes one page for all alike requests that wait, and another for one that comes after it began', async () => {
    const { pages, turn } = queue();
    let made = 0;
    const make = async () => `page ${++made}`;
    const first = [1, 2, 3].map(() => pages.take('a', response(), make));
    const other = pages.take('b', response(), make);
    await turn();
    const later = pages.take('a', response(), make);
    for (let n = 0; n < 4; n++) await turn();
    expect(await Promise.all(first)).toEqual(['page 1', 'page 1', 'page 1']);
    expect([await other, await later]).toEqual(['page 2', 'page 3']);
  });

  it('ends the work on a page when the last of its readers has gone', async () => {
    const { turns, pages, turn } = queue();
    const readers = [response(), response()];
    let slices = 0;
    const make = async () => {
      for (;;) {
        slices++;
        await turns.next();
      }
    };
    const taken = readers.map((reader) => pages.take('a', reader, make));
    const refused = Promise.all(taken.map((one) => expect(one).rejects.toThrow(NobodyWaits)));
    await turn();
    readers[0]?.emit('close');
    await turn();
    expect(slices).toBe(2);
    readers[1]?.emit('close');
    await turn();
    await refused;
    expect(slices).toBe(2);
    const gone = Object.assign(response(), { destroyed: true });
    await expect(pages.take('a', gone, make)).rejects.toThrow(NobodyWaits);
  });

  it('makes nothing for a pipelined request before the connection is its own', async () => {
    const { pages, turn } = queue();
    const waiting = response(null);
    let made = 0;
    const taken = pages.take('a', waiting, async () => `page ${++made}`);
    await turn();
    expect(made).toBe(0);
    waiting.emit('socket');
    await Promise.resolve();
    await turn();
    expect(await taken).toBe('page 1');
  });

  it('tells all who share a page what went wrong, and the next ones nothing of it', async () => {
    const { pages, turn } = queue();
    const fail = () => Promise.reject(new Error('broken'));
    const taken = [response(), response()].map((one) => pages.take('a', one, fail));
    const refused = Promise.all(taken.map((one) => expect(one).rejects.toThrow('broken')));
    await turn();
    await refused;
    const next = pages.take('a', response(), async () => 'fine');
    await turn();
    expect(await next).toBe('fine');
  });
});
