import { describe, expect, it } from 'vitest';
import type { Kind, Span } from '@distrace/zipkin';
import { noticesOf } from './notices.js';
import { hex, SMALL, span, treeOf } from './sample.spec.helper.js';
import { buildModel } from './trace-model.js';

const notices = (spans: readonly Span[], totalSpans = 0) =>
  noticesOf(buildModel(treeOf(...spans)), { totalSpans });

describe('noticesOf', () => {
  it('has nothing to say of a whole trace', () => {
    expect(notices(SMALL, 4)).toEqual([]);
  });

  it('names missing parents and where their children are', () => {
    expect(notices([span(1, undefined), span(3, 2), span(4, 2)])).toEqual([
      {
        kind: 'incomplete',
        text: 'This trace is incomplete: 1 parent has not arrived, and 2 spans below it stand alone.',
        spanIds: [hex(3), hex(4)],
        missingIds: [hex(2)],
      },
    ]);
  });

  it('tells of open spans, cut circles, traces without a time and spans left out', () => {
    expect(notices([span(1, undefined, { took: 0 })])).toMatchObject([{ kind: 'open', spanIds: [hex(1)] }]);
    expect(notices([span(1, 2), span(2, 1)])).toMatchObject([{ kind: 'cycle' }]);
    expect(notices([{ traceId: hex(9), id: hex(1) }])).toMatchObject([{ kind: 'timeless' }]);
    expect(notices(SMALL, 50_000)[0]!.text).toBe(
      'This trace has 50,000 spans. Shown are the 4 nearest the root: search, errors and services count only these. Downloads have all.',
    );
  });

  it('says when a message seems to be received before it was sent, and leaves calls to the correction', () => {
    const a = { serviceName: 'a', ipv4: '10.0.0.1' };
    const b = { serviceName: 'b', ipv4: '10.0.0.2' };
    const pair = (sender: Kind, receiver: Kind, at: number) => [
      span(1, undefined, { kind: sender, localEndpoint: a }),
      span(2, 1, { kind: receiver, at, localEndpoint: b }),
    ];
    expect(notices(pair('PRODUCER', 'CONSUMER', -2e6))).toEqual([
      {
        kind: 'early',
        text: '1 span starts before its sender: the clocks of two hosts disagree. Times between them are not what they seem.',
        spanIds: [hex(2)],
        missingIds: [],
      },
    ]);
    expect(notices(pair('PRODUCER', 'CONSUMER', -900))).toEqual([]);
    expect(notices(pair('CLIENT', 'SERVER', -2e6))).toEqual([]);
  });
});
