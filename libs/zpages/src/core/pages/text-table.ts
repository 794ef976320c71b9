import { oneLine } from './visible.js';

/** A column of a table for a terminal. */
export interface TextColumn {
  readonly head: string;
  /** Numbers stand to the right. */
  readonly right?: boolean;
  /** Longer cells are cut, with `…`. Default 60 characters. */
  readonly maxWidth?: number;
}

/** A table for a terminal, line by line: columns as wide as their cells, nothing in a cell that steers a terminal. */
export function* textTable(
  columns: readonly TextColumn[],
  rows: Iterable<readonly string[]>,
): Generator<string> {
  const widths = columns.map((column) => column.head.length);
  const cells: (readonly string[])[] = [];
  for (const row of rows) {
    const shown = row.map((cell, i) => cut(oneLine(cell), columns[i]?.maxWidth ?? 60));
    for (const [i, cell] of shown.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length);
    cells.push(shown);
    // All cells are measured before the first line; whoever puts the pieces together may pause between them.
    yield '';
  }
  const line = (row: readonly string[]) =>
    `${row
      .map((cell, i) =>
        columns[i]?.right === true ? cell.padStart(widths[i] ?? 0) : cell.padEnd(widths[i] ?? 0),
      )
      .join('  ')
      .trimEnd()}\n`;
  yield line(columns.map((column) => column.head));
  for (const row of cells) yield line(row);
}

function cut(text: string, maxWidth: number): string {
  if (text.length <= maxWidth) return text;
  // Not between the halves of a pair.
  return `${text.slice(0, maxWidth - 1).replace(/[\ud800-\udbff]$/, '')}…`;
}
