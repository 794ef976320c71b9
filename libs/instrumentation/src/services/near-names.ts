/** How many letters must be changed to make one text the other (Levenshtein). */
export function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const swap = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(swap, row[j]! + 1, next[j - 1]! + 1));
    }
    row = next;
  }
  return row[b.length]!;
}

/** The name that was probably meant: the nearest, if it could be a slip of the pen. */
export function nearName(wanted: string, names: readonly string[]): string | undefined {
  const [nearest] = names
    .map((name) => ({ name, far: distance(wanted.toLowerCase(), name.toLowerCase()) }))
    .filter(({ far }) => far <= Math.max(1, wanted.length / 3))
    .toSorted((a, b) => a.far - b.far);
  return nearest?.name;
}

/** For the end of a message: ` (did you mean X?)`, or nothing. */
export function didYouMean(wanted: string, names: readonly string[]): string {
  const name = nearName(wanted, names);
  return name === undefined ? '' : ` (did you mean ${name}?)`;
}
