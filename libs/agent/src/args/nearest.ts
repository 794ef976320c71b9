/** The name that was meant, by the letters that differ; undefined when none is near. */
export function nearest(written: string, names: readonly string[]): string | undefined {
  // Nothing that long is a slip of the finger.
  if (written.length > 40) return undefined;
  const plain = simplified(written);
  const found = names
    .map((name) => ({ name, distance: distanceOf(plain, simplified(name)) }))
    .toSorted((a, b) => a.distance - b.distance)[0];
  return found !== undefined && found.distance <= Math.max(1, Math.floor(plain.length / 4))
    ? found.name
    : undefined;
}

/** Case, dashes and underscores are what people differ in most. */
function simplified(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z\d]/g, '');
}

/** Letters to put in, take out, change, or to swap with their neighbour. */
function distanceOf(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, i) => i)];
  for (let i = 1; i <= a.length; i += 1) {
    const [above = [], twoAbove = []] = [rows[i - 1], rows[i - 2]];
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const isSame = a[i - 1] === b[j - 1];
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      row[j] = Math.min(
        (above[j] ?? 0) + 1,
        (row[j - 1] ?? 0) + 1,
        (above[j - 1] ?? 0) + (isSame ? 0 : 1),
        isSwap ? (twoAbove[j - 2] ?? 0) + 1 : Infinity,
      );
    }
    rows.push(row);
  }
  return rows[a.length]?.[b.length] ?? Infinity;
}
