import { stat } from 'node:fs/promises';
import { createMatchReport } from '../matchers/index.js';
import type { MatchReportRow, PreparedRules } from '../matchers/index.js';
import { fileKey } from '../wire/index.js';
import type { EditList } from '../wire/index.js';
import { CliError } from './errors.js';
import { appFiles } from './files/app-files.js';
import { candidate } from './files/candidate.js';
import { Owners } from './files/owners.js';
import type { CliIo } from './io.js';
import { rulesOf, weaveFile } from './weave-file.js';

/** What some folders hold for some rules. */
export interface WovenFolders {
  /** Edits by file; null for a candidate in which nothing is woven. */
  readonly files: Readonly<Record<string, EditList | null>>;
  /** How many files have edits. */
  readonly woven: number;
  /** How many JavaScript files there are. */
  readonly scripts: number;
  /** Rules that no function met. */
  readonly unmatched: readonly MatchReportRow[];
}

/** Weaves all files of some folders that rules touch, and says what stays as it is. Throws `DT_ERR_CLI_FILE`. */
export async function weaveFolders(
  folders: readonly string[],
  prepared: PreparedRules,
  io: CliIo,
): Promise<WovenFolders> {
  for (const folder of folders) await checkFolder(folder);
  const owners = new Owners();
  const files: Record<string, EditList | null> = {};
  const report = createMatchReport(prepared.rules.map(({ name }) => name));
  let woven = 0;
  let scripts = 0;
  for await (const path of appFiles(folders)) {
    scripts++;
    const script = await candidate(path, prepared.rules, owners);
    if (script === undefined) continue;
    const key = fileKey(script.identity);
    const rules = rulesOf(script, prepared);
    report.asked(rules.rules, key);
    const { result } = weaveFile(script, rules);
    for (const { reason, function: name, line } of result.report.refused) {
      io.err(
        `stays as it is: ${script.identity.package}/${script.identity.path}${name ? ` ${name}:${line}` : ''}: ${reason}\n`,
      );
    }
    report.woven(result.edits, key);
    if (result.probes.length > 0) woven++;
    files[key] = result.probes.length > 0 ? result.edits : null;
  }
  return { files, woven, scripts, unmatched: report.rows().filter(({ functions }) => functions === 0) };
}

async function checkFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch(() => undefined);
  if (found?.isDirectory() === true) return;
  throw new CliError(
    'DT_ERR_CLI_FILE',
    `FOLDER must be a folder that can be read, got ${folder}, which is ${found === undefined ? 'not there' : 'none'}; name the root of the app`,
  );
}
