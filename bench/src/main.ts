import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { headers } from './headers.ts';
import type { Row } from './measure.ts';
import { rmq } from './rmq.ts';
import { span } from './span.ts';

const BENCHES: Record<string, () => Promise<Row[]>> = { span, headers, rmq };
const USAGE = `npm run bench -- NAME [--json FILE]\n\nNAME is one of: ${Object.keys(BENCHES).join(', ')}.`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { json: { type: 'string' }, help: { type: 'boolean' } },
  });
  const [name = ''] = positionals;
  const bench = Object.hasOwn(BENCHES, name) ? BENCHES[name] : undefined;
  if (bench === undefined || values.help === true) {
    console.log(bench === undefined && name !== '' ? `There is no bench "${name}".\n\n${USAGE}` : USAGE);
    return values.help === true ? 0 : 2;
  }
  const rows = await bench();
  console.table(rows);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, undefined, 2)}\n`);
  return 0;
}

process.exitCode = await main();
