import type { IncomingMessage } from 'node:http';
import { describe, expect, it, vi } from 'vitest';
import { BodyRoom } from './body-room.js';

function enter(room: BodyRoom) {
  const destroy = vi.fn<() => void>();
  const reading = room.enter({ destroy } as unknown as IncomingMessage);
  return { ...reading, destroy };
}

describe('BodyRoom', () => {
  it('closes on who has been silent for longest when there is no room for what others send', () => {
    const room = new BodyRoom(100);
    const [first, second, third] = [enter(room), enter(room), enter(room)];
    first.grow(40);
    second.grow(40);
    first.grow(10);
    third.grow(20);
    expect(second.destroy).toHaveBeenCalledOnce();
    expect(first.destroy).not.toHaveBeenCalled();
    expect(third.destroy).not.toHaveBeenCalled();
  });

  it('has room again for what was read to its end', () => {
    const room = new BodyRoom(100);
    for (let i = 0; i < 10; i++) {
      const body = enter(room);
      body.grow(90);
      body.leave();
      body.leave();
      body.grow(90);
      expect(body.destroy).not.toHaveBeenCalled();
    }
  });

  it('closes on a single one that is too large', () => {
    const only = enter(new BodyRoom(100));
    only.grow(101);
    expect(only.destroy).toHaveBeenCalledOnce();
  });
});
