/**
 * What is called: `hot` is woven, `drive` calls it so many times and is not. A text of its own for each variant, so
 * that V8 learns nothing of one from another.
 */
export interface Shape {
  readonly name: string;
  readonly source: string;
  readonly kind: 'Sync' | 'Async';
  readonly times: number;
}

const sync = (name: string, body: string): Shape => ({
  name,
  kind: 'Sync',
  times: 400_000,
  source: `class Hot {
  constructor() { this.k = 1; this.state = { x: 0, y: 0 }; }
  hot(a, b) {
    ${body}
  }
}
module.exports.drive = (times) => {
  const hot = new Hot();
  let sum = 0;
  for (let i = 0; i < times; i++) sum += hot.hot(i, 1);
  return sum;
};
`,
});

export const SHAPES: readonly Shape[] = [
  sync('three additions', 'return a + b + this.k;'),
  sync(
    'a loop and a few writes',
    `let s = 0;
    for (let i = 0; i < (a & 7); i++) { s += i * b; if (s > 1e9) s -= 1e9; }
    const o = this.state;
    o.x = s;
    o.y = (o.x | 0) + (a & 255);
    return s + o.y + this.k;`,
  ),
  {
    name: 'async with one await',
    kind: 'Async',
    times: 40_000,
    source: `class Hot {
  constructor() { this.k = 1; }
  async hot(a, b) {
    await null;
    return a + b + this.k;
  }
}
module.exports.drive = async (times) => {
  const hot = new Hot();
  let sum = 0;
  for (let i = 0; i < times; i++) sum += await hot.hot(i, 1);
  return sum;
};
`,
  },
];

/** `drive` answers how deep `hot` got. */
export const RECURSION: Shape = {
  name: 'depth of recursion',
  kind: 'Sync',
  times: 1,
  source: `let depth = 0;
class Hot {
  constructor() { this.k = 1; }
  hot(a, b) {
    depth = a;
    const below = this.hot(a + 1, b);
    return below + this.k;
  }
}
module.exports.drive = () => {
  try { new Hot().hot(0, 1); } catch {}
  return depth;
};
`,
};
