/** Round steps between `from` and `to`, about `about` of them: 1, 2 or 5 times a power of ten. */
export function roundTicks(from: number, to: number, about = 5): number[] {
  const span = to - from;
  if (!(span > 0) || !Number.isFinite(span)) return [];
  const rough = span / about;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = ([1, 2, 5, 10].find((times) => times * power >= rough * 0.999) ?? 10) * power;
  const ticks: number[] = [];
  const first = Math.ceil(from / step - 1e-9) + 0;
  for (let i = first; i * step <= to + step * 1e-9; i++) ticks.push(i * step);
  return ticks;
}
