import { parse } from 'acorn';
import type { Program } from 'acorn';
import type { ModuleFormat } from './edit-list.js';

/**
 * The source's syntax tree, as Node reads a file of this format. Positions are UTF-16 offsets into `source`.
 *
 * @throws SyntaxError of acorn; RangeError when the source nests deeper than the stack
 */
export function parseSource(source: string, format: ModuleFormat): Program {
  return parse(neutralStart(source), {
    ecmaVersion: 'latest',
    sourceType: format === 'esm' ? 'module' : 'commonjs',
    allowHashBang: true,
  });
}

/** Node drops a byte order mark before it looks for `#!`; acorn takes `#!` at the very start only. */
function neutralStart(source: string): string {
  return source.startsWith('\uFEFF#!') ? `// ${source.slice(3)}` : source;
}
