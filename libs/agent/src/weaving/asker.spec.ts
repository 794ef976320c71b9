import { describe, expect, it, vi } from 'vitest';
import type { EditList, FileIdentity, InstrumentAnswer } from '@distrace/instrumentation/wire';
import { fileKey } from '@distrace/instrumentation/wire';
import type { Breaker } from '../transport/breaker.js';
import type { Endpoint } from '../transport/request.js';
import { makeAsker } from './asker.js';

const FILE: FileIdentity = { package: 'shop', version: '1.0.0', path: 'a.js', format: 'cjs', source: 'aa' };
const LIST = { edits: [[0, 'run', 0]] } as unknown as EditList;
const NONE = { edits: [] } as unknown as EditList;

function askWith(answer: InstrumentAnswer | object, accept: (signed: string) => EditList = () => LIST) {
  const keep = vi.fn<(key: string, signed: string) => void>();
  const failed = vi.fn<(error: unknown) => void>();
  const ask = makeAsker({
    endpoint: {} as Endpoint,
    service: 'shop',
    timeoutMs: 300,
    upload: 'marked',
    breaker: { allows: true, succeeded() {}, failed() {}, waited() {} } as unknown as Breaker,
    askSync: () => answer,
    accept,
    keep,
    nowMs: () => 0,
    failed,
  });
  const answered = ask(FILE, 'text');
  return { answered, kept: keep.mock.calls, failed: failed.mock.calls.length };
}

describe('an answer about a file', () => {
  it('is kept for the next start when it is a signed list, also one that says that nothing is marked', () => {
    expect(askWith({ status: 'woven', edits: 'signed' })).toEqual({
      answered: { decision: LIST, from: 'server' },
      kept: [[fileKey(FILE), 'signed']],
      failed: 0,
    });
    expect(askWith({ status: 'not-marked', edits: 'signed' }, () => NONE)).toEqual({
      answered: { decision: null, from: 'server' },
      kept: [[fileKey(FILE), 'signed']],
      failed: 0,
    });
  });

  it('counts as none and is not kept when "not marked" is not signed', () => {
    expect(askWith({ status: 'not-marked' })).toEqual({ answered: undefined, kept: [], failed: 1 });
  });

  it('counts as none and is not kept when the list is not accepted', () => {
    const accept = () => {
      throw new Error('for another source');
    };
    expect(askWith({ status: 'woven', edits: 'signed' }, accept)).toEqual({
      answered: undefined,
      kept: [],
      failed: 1,
    });
  });

  it('is not kept when it is a refusal: a busy server refuses what it weaves an hour later', () => {
    expect(askWith({ status: 'refused', reason: 'time' })).toEqual({
      answered: { decision: null, from: 'server', why: 'time' },
      kept: [],
      failed: 0,
    });
  });
});
