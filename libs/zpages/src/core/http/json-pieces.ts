/** What `JSON.stringify` gives and a newline, in pieces: each item of a list of the first two levels is one. */
export function* jsonPieces(value: unknown): Generator<string> {
  if (Array.isArray(value)) yield* listPieces(value);
  else if (typeof value !== 'object' || value === null) yield JSON.stringify(value) ?? 'null';
  else {
    let before = '{';
    for (const [name, held] of Object.entries(value)) {
      if (held === undefined) continue;
      yield `${before}${JSON.stringify(name)}:`;
      before = ',';
      if (Array.isArray(held)) yield* listPieces(held);
      else yield JSON.stringify(held) ?? 'null';
    }
    yield before === '{' ? '{}' : '}';
  }
  yield '\n';
}

function* listPieces(list: readonly unknown[]): Generator<string> {
  let before = '[';
  for (const item of list) {
    yield before + (JSON.stringify(item) ?? 'null');
    before = ',';
  }
  yield before === '[' ? '[]' : ']';
}
