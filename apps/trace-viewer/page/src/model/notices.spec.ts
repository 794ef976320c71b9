import { describe, expect, it } from 'vitest';
import type { Span } from '@distrace/zipkin';
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
      'This trace has 50,000 spans. Shown are the 4 nearest the root.',
    );
  });
});
