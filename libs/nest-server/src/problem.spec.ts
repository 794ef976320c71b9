import { expect, it, vi } from 'vitest';
import { Problem, quoted } from './problem.js';
import { unexpected } from './refuse.js';

it.each([
  ['a "b"\n', '"a \\"b\\"\\n"'],
  ['x'.repeat(100), `"${'x'.repeat(80)}…"`],
  [undefined, 'nothing'],
  [null, 'nothing'],
  [[1], 'a list'],
  [{}, 'an object'],
  [7, 'number 7'],
])('shows %j as %s', (value, text) => {
  expect(quoted(value)).toBe(text);
});

function tell(error: unknown) {
  const warn = vi.fn<(message: string) => void>();
  const words = {
    app: 'app',
    pathCode: 'PATH',
    internalCode: 'BUG',
    paths: 'Look at /.',
    whose: "the app's",
  };
  const problem = unexpected(error, { method: 'GET', url: '/x?token=secret' }, { ...words, warn });
  return { problem, warn };
}

it('says what answers when nothing does, without the query', () => {
  const { problem, warn } = tell({ getStatus: () => 404 });
  expect(problem).toEqual(new Problem(404, 'PATH', 'Nothing answers GET "/x". Look at /.'));
  expect(problem.status).toBe(404);
  expect(warn).not.toHaveBeenCalled();
});

it.each([new Error('disk'), 'disk', undefined, Object.assign(new Error('disk'), { getStatus: () => 503 })])(
  'warns of anything else and tells whoever asked nothing of it: %j',
  (error) => {
    const { problem, warn } = tell(error);
    expect(problem).toMatchObject({
      status: 500,
      code: 'BUG',
      message: "Something went wrong here; see the app's log.",
    });
    expect(warn).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/^app: /));
  },
);
