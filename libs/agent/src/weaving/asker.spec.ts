import { describe, expect, it, vi } from 'vitest';
import type { EditList, FileIdentity, InstrumentAnswer } from '@distrace/instrumentation/wire';
import { fileKey } from '@distrace/instrumentation/wire';
import type { Breaker } from '../transport/breaker.js';
import type { Endpoint } from '../transport/request.js';
import { makeAsker } from './asker.js';

const FILE: FileIdentity = { package: 'shop', version: '1.0.0', path: 'a.js', format: 'cjs', source: 'aa' };
const LIST = { v: 1 } as unknown as EditList;

function askWith(answer: InstrumentAnswer) {
  const keep = vi.fn<(key: string, signed: string | null) => void>();
  const ask = makeAsker({
    endpoint: {} as Endpoint,
    service: 'shop',
    timeoutMs: 300,
    upload: 'marked',
    breaker: { allows: true, succeeded() {}, failed() {}, waited() {} } as unknown as Breaker,
    askSync: () => answer,
    accept: () => LIST,
    keep,
    nowMs: () => 0,
    failed: () => undefined,
  });
  return { answer: ask(FILE, 'text'), kept: keep.mock.calls };
}

describe('an answer about a file', () => {
  it('is kept for the next start when it is a list, or that there is none', () => {
    expect(askWith({ status: 'woven', edits: 'signed' } as InstrumentAnswer)).toEqual({
      answer: { decision: LIST, from: 'server' },
      kept: [[fileKey(FILE), 'signed']],
    });
    expect(askWith({ status: 'not-marked' } as InstrumentAnswer)).toEqual({
      answer: { decision: null, from: 'server' },
      kept: [[fileKey(FILE), null]],
    });
  });

  it('is not kept when it is a refusal: a busy server refuses what it weaves an hour later', () => {
    expect(askWith({ status: 'refused', reason: 'time' } as InstrumentAnswer)).toEqual({
      answer: { decision: null, from: 'server', why: 'time' },
      kept: [],
    });
  });
});
