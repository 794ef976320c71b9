import { describe, expect, it } from 'vitest';
import { FakeClock, settle } from '../core/export/fake-clock.spec.helper.js';
import { createRunningHandlers } from './running-handlers.js';

function setUp() {
  const clock = new FakeClock();
  const handlers = createRunningHandlers(clock);
  let isIdle = false;
  const wait = (timeoutMs: number) => void handlers.idle(timeoutMs).then(() => (isIdle = true));
  return { clock, handlers, wait, isIdle: () => isIdle };
}

describe('running handlers', () => {
  it('are idle at once when none runs', async () => {
    const { handlers, wait, isIdle } = setUp();
    handlers.begin();
    handlers.end();
    wait(1000);
    await settle();
    expect(isIdle()).toBe(true);
  });

  it('are idle when the last of them has ended', async () => {
    const { clock, handlers, wait, isIdle } = setUp();
    handlers.begin();
    handlers.begin();
    wait(1000);
    handlers.end();
    await settle();
    expect(isIdle()).toBe(false);
    handlers.end();
    await settle();
    expect(isIdle()).toBe(true);
    expect(clock.timers).toBe(0);
  });

  it('are not waited for any longer than told', async () => {
    const { clock, handlers, wait, isIdle } = setUp();
    handlers.begin();
    wait(1000);
    await clock.advance(999);
    expect(isIdle()).toBe(false);
    await clock.advance(1);
    expect(isIdle()).toBe(true);
  });
});
