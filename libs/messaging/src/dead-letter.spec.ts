import { describe, expect, it } from 'vitest';
import { readDeadLetter } from './dead-letter.js';

const id = '6f1c1f0e-6d2e-4a53-9c1c-1f2f6a1b2c3d';
const result = { id, words: 2, uniqueWords: 2, longestWord: 'to', chunks: 2 };
const died = (queue: string, reason: string) => ({ 'x-death': [{ queue: `run-1.${queue}`, reason }] });

describe('a dead letter', () => {
  it.each([
    ['tasks', 'delivery_limit', 'the executor gave it up after 11 deliveries'],
    ['results', 'delivery_limit', 'the exporter gave it up after 11 deliveries'],
    ['tasks', 'rejected', 'the executor refused its message as broken'],
    ['results', 'expired', 'the exporter never got to it'],
  ])('of %s (%s) says that the task failed, and where', (pattern, reason, error) => {
    const letter = { pattern, data: { id, whatever: 'else' } };
    expect(readDeadLetter(letter, died(pattern, reason))).toEqual({ id, status: 'failed', error });
  });

  it('of a notification says what the notification said: a task that is done stays done', () => {
    const done = { id, status: 'done', result };
    const letter = { pattern: 'notifications', data: done };
    expect(readDeadLetter(letter, died('notifications', 'delivery_limit'))).toEqual(done);
  });

  it.each([
    ['no JSON', 'hello'],
    ['null', null],
    ['a list', []],
    ['no pattern', { data: { id } }],
    ['no data', { pattern: 'tasks' }],
    ['no id', { pattern: 'tasks', data: {} }],
    ['an id that is none', { pattern: 'tasks', data: { id: '../..' } }],
    ['an unknown pattern', { pattern: 'dance', data: { id } }],
    ['an empty pattern', { pattern: '', data: { id } }],
    ['a message of another queue', { pattern: 'results', data: { id } }],
    ['a property of every object', { pattern: 'constructor', data: { id } }],
  ])('about no task says nothing: %s', (_name, body) => {
    expect(readDeadLetter(body, died('tasks', 'rejected'))).toBeUndefined();
  });

  it('of a broken notification says nothing', () => {
    const letter = { pattern: 'notifications', data: { id, status: 'done' } };
    expect(readDeadLetter(letter, died('notifications', 'rejected'))).toBeUndefined();
  });

  it.each([undefined, {}, { 'x-death': 'x' }, { 'x-death': [] }, { 'x-death': [7] }, { 'x-death': [{}] }])(
    'that never died says nothing: %j',
    (headers) => {
      expect(readDeadLetter({ pattern: 'tasks', data: { id } }, headers)).toBeUndefined();
    },
  );
});
