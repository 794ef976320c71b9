/** Line of an offset, from 1, counted as V8 does in stack traces. */
export function lineCounter(source: string): (offset: number) => number {
  const ends = [...source.matchAll(/\r\n|[\n\r\u2028\u2029]/g)].map(
    ({ 0: text, index }) => index + text.length,
  );
  return (offset) => {
    let low = 0;
    let high = ends.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (ends[middle]! <= offset) low = middle + 1;
      else high = middle;
    }
    return low + 1;
  };
}
