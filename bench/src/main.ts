import { writeFileSync } from 'node:fs';
import { ABOUT, BENCHES } from './benches.ts';
import { readCommand } from './cli.ts';
import { whyNotWritable } from './json-file.ts';
import { targetLines } from './targets.ts';

async function main(): Promise<number> {
  const command = readCommand(process.argv.slice(2), ABOUT);
  if (command.kind === 'help') {
    console.log(command.text);
    return 0;
  }
  if (command.kind === 'refuse') {
    console.error(command.text);
    return 2;
  }
  const refusal = command.jsonFile === undefined ? undefined : whyNotWritable(command.jsonFile);
  if (refusal !== undefined) {
    console.error(refusal);
    return 2;
  }
  const rows = await BENCHES[command.bench]!();
  console.table(rows);
  for (const line of targetLines(rows)) console.log(line);
  if (command.jsonFile !== undefined) {
    writeFileSync(command.jsonFile, `${JSON.stringify(rows, undefined, 2)}\n`);
  }
  return 0;
}

process.exitCode = await main();
