import { describe, expect, it } from 'vitest';
import type { ProbeRecord } from '../wire/index.js';
import { createMatchReport } from './match-report.js';

const probe = (...interceptors: string[]): ProbeRecord => ({
  interceptors,
  function: 'Orders.place',
  line: 1,
  flow: 'sync',
});
const rules = [{ name: 'orders' }, { name: 'typo' }];

describe('createMatchReport', () => {
  it('I11: names the rules that matched nothing, and says how far each came', () => {
    const report = createMatchReport(['orders', 'typo', 'elsewhere']);
    expect(report.unmatched()).toEqual(['orders', 'typo', 'elsewhere']);
    report.asked(rules, 'a');
    report.asked(rules, 'b');
    report.woven({ probes: [probe('orders'), probe('orders')] }, 'a');
    expect(report.unmatched()).toEqual(['typo', 'elsewhere']);
    expect(report.rows()).toEqual([
      { rule: 'orders', filesAsked: 2, filesWoven: 1, functions: 2 },
      { rule: 'typo', filesAsked: 2, filesWoven: 0, functions: 0 },
      { rule: 'elsewhere', filesAsked: 0, filesWoven: 0, functions: 0 },
    ]);
  });

  it('counts a file once, however many processes ask', () => {
    const report = createMatchReport(['orders']);
    for (let i = 0; i < 3; i++) {
      report.asked(rules, 'a');
      report.woven({ probes: [probe('orders')] }, 'a');
    }
    expect(report.rows()).toEqual([{ rule: 'orders', filesAsked: 1, filesWoven: 1, functions: 1 }]);
  });

  it('remembers no more files than it may', () => {
    const report = createMatchReport(['orders'], { maxFiles: 1 });
    for (const key of ['a', 'b', 'c']) report.asked(rules, key);
    expect(report.rows()[0]?.filesAsked).toBe(2);
  });
});
