import { expect, it } from 'vitest';
import { Carried } from './carried.js';

it('a value that does not fit takes the older one of its name away', () => {
  const carried = new Carried();
  carried.setAnnotation('from outside', 'x');
  carried.setAnnotation('padding', 'x'.repeat(4000));
  expect(carried.setAnnotation('from outside', 'y'.repeat(200))).toBe(false);
  expect([...carried.annotations.keys()]).toEqual(['padding']);
});
