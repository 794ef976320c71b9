import { TraceContext } from '@distrace/tracing/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WordCounter } from './word-counter.js';

// Runs the built worker: build first.
describe('WordCounter', () => {
  let counter: WordCounter;
  beforeAll(() => {
    counter = new WordCounter();
  });
  afterAll(() => counter.onApplicationShutdown());

  it('counts in at least two chunks, even one word', async () => {
    await expect(counter.count('hello', TraceContext.create())).resolves.toEqual({
      words: 1,
      uniqueWords: 1,
      longestWord: 'hello',
      chunks: 2,
    });
  });

  it('counts a text of 2 MiB', async () => {
    const text = 'lorem ipsum dolor '.repeat((2 * 1024 * 1024) / 18);
    const { words, uniqueWords, chunks, topWords } = await counter.count(text, TraceContext.create(), {
      topWords: true,
    });
    expect({ words, uniqueWords, chunks }).toEqual({ words: 3 * 116_508, uniqueWords: 3, chunks: 8 });
    expect(topWords).toHaveLength(3);
  });
});
