import { describe, expect, it, onTestFinished } from 'vitest';
import { cleanWith, facts } from '../testing.spec.helper.js';
import { AgentRegistry } from './registry.js';

cleanWith(onTestFinished);

function open(maxAgents = 10) {
  const clock = { now: 1000 };
  return {
    clock,
    registry: new AgentRegistry({ maxAgents, pollIntervalMs: 10, ttlMs: 100, now: () => clock.now }),
  };
}

describe('AgentRegistry', () => {
  it('lists who was heard of lately, the last one first', () => {
    const { clock, registry } = open();
    registry.seen(facts({ agentId: 'a' }));
    clock.now += 60;
    registry.seen(facts({ agentId: 'b' }));
    registry.seen(facts({ agentId: 'c' }));
    registry.seen(facts({ agentId: 'b', woven: 3 }));
    expect(registry.list().map(({ facts: { agentId, woven } }) => [agentId, woven])).toEqual([
      ['b', 3],
      ['c', 0],
      ['a', 0],
    ]);
    clock.now += 60;
    expect(registry.list().map(({ facts: { agentId } }) => agentId)).toEqual(['b', 'c']);
  });

  it('notices gaps', () => {
    const { clock, registry } = open();
    for (const stepMs of [0, 10, 90, 10]) {
      clock.now += stepMs;
      registry.seen(facts());
    }
    expect(registry.list()).toMatchObject([{ firstSeenMs: 1000, lastSeenMs: 1110, longestGapMs: 90 }]);
  });

  it('is bounded', () => {
    const { registry } = open(2);
    for (const agentId of ['a', 'b', 'a', 'c']) registry.seen(facts({ agentId }));
    expect(registry.list().map(({ facts: { agentId } }) => agentId)).toEqual(['c', 'a']);
  });

  it('counts what each asked for', () => {
    const { registry } = open();
    registry.asked('a', { isMiss: true });
    registry.seen(facts({ agentId: 'a' }));
    registry.asked('a', { isMiss: true });
    registry.asked('a', { isMiss: false });
    expect(registry.get('a')).toMatchObject({ asked: 2, missedCache: 1 });
  });

  it('I27: tells who runs from who has said goodbye and who was silent for three polls', () => {
    const { clock, registry } = open();
    const stateOf = (id: string) => registry.get(id)?.state;
    registry.seen(facts({ agentId: 'a' }));
    registry.seen(facts({ agentId: 'b' }));
    registry.seen(facts({ agentId: 'slow', pollIntervalMs: 50 }));
    registry.seen(facts({ agentId: 'mute', pollIntervalMs: 0 }));
    expect([registry.ended('a'), registry.ended('nobody')]).toEqual([true, false]);
    clock.now += 30;
    expect(['a', 'b', 'slow', 'mute'].map(stateOf)).toEqual(['ended', 'running', 'running', 'running']);
    clock.now += 1;
    expect(['a', 'b', 'slow', 'mute'].map(stateOf)).toEqual(['ended', 'silent', 'running', 'running']);
    registry.seen(facts({ agentId: 'b' }));
    expect(stateOf('b')).toBe('running');
    clock.now += 70;
    expect(registry.list().map(({ facts: { agentId } }) => agentId)).toEqual(['b', 'slow']);
  });
});
