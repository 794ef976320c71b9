import { expect, it } from 'vitest';
import { toPrometheus } from './prometheus.js';

it('writes each metric once, with its values by label, and leaves out what has none', () => {
  const text = toPrometheus([
    { name: 'spans', type: 'gauge', help: 'Spans in the store.', samples: [[{}, 3]] },
    {
      name: 'answers',
      type: 'counter',
      help: 'Answers.',
      samples: [
        [{ status: 'woven', phase: 'a' }, 1],
        [{ status: 'a"b\\c\n', phase: 'b' }, 2],
      ],
    },
    { name: 'problems', type: 'counter', help: 'Problems.', samples: [] },
  ]);
  expect(text.split('\n')).toEqual([
    '# HELP spans Spans in the store.',
    '# TYPE spans gauge',
    'spans 3',
    '# HELP answers_total Answers.',
    '# TYPE answers_total counter',
    'answers_total{status="woven",phase="a"} 1',
    'answers_total{status="a\\"b\\\\c\\n",phase="b"} 2',
    '',
  ]);
});
