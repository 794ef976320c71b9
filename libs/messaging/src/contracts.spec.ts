import { describe, expect, it } from 'vitest';
import { ContractError } from './contract-error.js';
import { parseNotificationMessage, parseResultMessage, parseTaskMessage } from './contracts.js';

const id = '6f1c1f0e-6d2e-4a53-9c1c-1f2f6a1b2c3d';
const task = { id, kind: 'count-words', text: 'to be', submittedAt: '2026-11-21T10:00:00.000Z' };
const result = { id, words: 2, uniqueWords: 2, longestWord: 'to', chunks: 2 };

describe('parseTaskMessage', () => {
  it('returns a task and drops fields it does not know', () => {
    expect(parseTaskMessage({ ...task, extra: 1 })).toEqual(task);
  });

  it('keeps a text of 2 MB whole', () => {
    const text = 'x'.repeat(2 * 1024 * 1024);
    expect(parseTaskMessage({ ...task, text }).text).toHaveLength(text.length);
  });

  it.each([
    [{ ...task, id: '../../etc/passwd' }, "id must be a lower-case UUID, instead got '../../etc/passwd'"],
    [{ ...task, kind: 'sort' }, "kind must be one of: count-words, instead got 'sort'"],
    [{ ...task, text: 7 }, 'text must be a string, instead got 7'],
    [{ ...task, submittedAt: 'yesterday' }, 'submittedAt must be an ISO 8601 time'],
    [null, 'the message must be a JSON object, instead got null'],
    [[task], 'the message must be a JSON object, instead got an array of 1'],
  ])('refuses %j and names the rule', (value, message) => {
    expect(() => parseTaskMessage(value)).toThrow(message);
    expect(() => parseTaskMessage(value)).toThrow(ContractError);
  });

  it('does not quote a long value in full', () => {
    const error = (() => {
      try {
        return parseTaskMessage({ ...task, id: 'y'.repeat(1_000_000) });
      } catch (thrown) {
        return thrown as Error;
      }
    })();
    expect(error).toBeInstanceOf(ContractError);
    expect((error as Error).message.length).toBeLessThan(200);
  });
});

describe('parseResultMessage', () => {
  it('leaves out what was not asked for', () => {
    expect(parseResultMessage(result)).toEqual(result);
  });

  it('returns top words and received bytes when they came', () => {
    const full = { ...result, topWords: [['to', 1]], receivedBytes: 5 };
    expect(parseResultMessage(full)).toEqual(full);
  });

  it.each([
    { words: -1 },
    { words: 1.5 },
    { chunks: '2' },
    { topWords: [['to']] },
    { topWords: 'to' },
    { receivedBytes: null },
  ])('refuses %j', (broken) => {
    expect(() => parseResultMessage({ ...result, ...broken })).toThrow(ContractError);
  });
});

describe('parseNotificationMessage', () => {
  it('returns a done task with its result', () => {
    expect(parseNotificationMessage({ id, status: 'done', result })).toEqual({ id, status: 'done', result });
  });

  it('returns a failed task with its reason', () => {
    expect(parseNotificationMessage({ id, status: 'failed', error: 'no' })).toEqual({
      id,
      status: 'failed',
      error: 'no',
    });
  });

  it('refuses a done task without a result', () => {
    expect(() => parseNotificationMessage({ id, status: 'done' })).toThrow('ResultMessage');
  });
});
