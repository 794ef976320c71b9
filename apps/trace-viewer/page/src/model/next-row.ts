/** The next row, after or before `from`, that `fits`; goes round at the end. Undefined when none does. */
export function nextRow(
  size: number,
  from: number,
  step: 1 | -1,
  fits: (row: number) => boolean,
): number | undefined {
  for (let i = 1; i <= size; i++) {
    const row = (((from + step * i) % size) + size) % size;
    if (fits(row)) return row;
  }
  return undefined;
}
