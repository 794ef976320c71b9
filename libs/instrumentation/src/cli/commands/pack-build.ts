import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { buildHelperBundle } from '../../bundle/index.js';
import { createMatchReport } from '../../matchers/index.js';
import type { PreparedRules } from '../../matchers/index.js';
import { fileKey, packFileText, signText, WEAVER } from '../../wire/index.js';
import type { EditList, Manifest, Pack } from '../../wire/index.js';
import { CliError } from '../errors.js';
import { appFiles } from '../files/app-files.js';
import { candidate } from '../files/candidate.js';
import { Owners } from '../files/owners.js';
import type { CliIo } from '../io.js';
import { loadRules } from '../rules.js';
import { rulesOf, weaveFile } from '../weave-file.js';

export interface PackBuildOptions {
  readonly rules: readonly string[];
  readonly service: string;
  /** File with the publisher's private key, PEM. */
  readonly key: string;
  /** Where the pack goes. */
  readonly out: string;
  /** How long processes follow it. */
  readonly validDays: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** Processes that start from a pack file have nobody to ask again. */
const POLL_INTERVAL_MS = 10_000;

/** `distrace pack build`: everything a service needs to be traced without a server, signed, in one file. */
export async function packBuildCommand(
  folders: readonly string[],
  { rules, service, key, out, validDays }: PackBuildOptions,
  io: CliIo,
): Promise<void> {
  const privateKey = await readKey(resolve(io.cwd, key));
  const { prepared } = await loadRules(rules, io.cwd);
  const bundle = await buildHelperBundle({ extensions: rules, from: io.cwd });
  const { files, woven } = await weaveAll(
    folders.map((folder) => resolve(io.cwd, folder)),
    prepared,
    io,
  );
  const serial = io.now();
  const manifest: Manifest = {
    v: 1,
    service,
    serial,
    issuedAtMs: serial,
    expiresAtMs: serial + validDays * DAY_MS,
    rulesHash: prepared.rulesHash,
    weaver: WEAVER,
    rules: prepared.rules.map(({ name, filters }) => ({ name, files: filters, enabled: true })),
    bundle: { sha256: bundle.sha256, sizeBytes: bundle.sizeBytes },
    pollIntervalMs: POLL_INTERVAL_MS,
  };
  const pack: Pack = { v: 1, service, serial, rulesHash: prepared.rulesHash, files };
  const text = packFileText({
    manifest: signText('manifest', JSON.stringify(manifest), privateKey),
    pack: signText('pack', JSON.stringify(pack), privateKey),
    bundle: bundle.code,
  });
  await writeFile(resolve(io.cwd, out), text);
  io.out(
    `${out}: ${woven} of ${Object.keys(files).length} candidate files woven, ${Buffer.byteLength(text)} bytes\n`,
  );
}

async function readKey(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    throw new CliError(
      'DT_ERR_CLI_KEY_FILE',
      `--key must be a file with the publisher's private key, but ${file} cannot be read; make one with distrace keys create`,
      { cause },
    );
  }
}

async function weaveAll(folders: readonly string[], prepared: PreparedRules, io: CliIo) {
  const owners = new Owners();
  const files: Record<string, EditList | null> = {};
  const report = createMatchReport(prepared.rules.map(({ name }) => name));
  let woven = 0;
  for await (const path of appFiles(folders)) {
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
  for (const name of report.unmatched()) io.err(`matches nothing in these folders: ${name}\n`);
  return { files, woven };
}
