// The gate of `npm run lint`: node tools/check/src/import-rules.main.ts [workspace folder]
import { resolve } from 'node:path';
import { checkImports, formatViolation } from './import-rules.ts';
import { readWorkspace } from './workspace-files.ts';

const files = await readWorkspace(resolve(process.argv[2] ?? '.'));
const violations = checkImports(files);
for (const violation of violations) console.error(formatViolation(violation));
if (violations.length > 0) {
  console.error(`${violations.length} import(s) break the rules of ARCHITECTURE.md, "Who may import whom".`);
  process.exitCode = 1;
} else {
  console.log(`Import rules hold in ${files.length} files.`);
}
