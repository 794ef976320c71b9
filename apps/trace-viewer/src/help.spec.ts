import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { argumentProblem, helpText, VARIABLES } from './help.js';

it('names every variable of the reference that a person sets', () => {
  const reference = readFileSync(new URL('../../../docs/reference/trace-viewer.md', import.meta.url), 'utf8');
  const rows = reference.split('\n').filter((line) => /^\| `[A-Z_]+`/.test(line));
  const names = rows.flatMap((row) => row.split('|')[1]!.match(/[A-Z_]{4,}/g) ?? []);
  const told = new Set([...VARIABLES.map(([name]) => name), 'QUERY_PORT', 'DISTRACE_PARENT_PID']);
  expect(names.filter((name) => !told.has(name))).toEqual([]);
  expect([...told].filter((name) => !names.includes(name))).toEqual([]);
  for (const [name] of VARIABLES) expect(helpText()).toContain(`\n  ${name} `);
});

it('takes no arguments', () => {
  expect(argumentProblem([])).toBeUndefined();
  expect(argumentProblem(['--port', '1'])).toContain('got "--port"');
});
