import { readFile, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { buildHelperBundle } from '../../bundle/index.js';
import { packFileText, signText, WEAVER } from '../../wire/index.js';
import type { Manifest, Pack } from '../../wire/index.js';
import { CliError } from '../errors.js';
import type { CliIo } from '../io.js';
import { loadRules } from '../rules.js';
import { weaveFolders } from '../weave-folders.js';

export interface PackBuildOptions {
  readonly rules: readonly string[];
  readonly service: string;
  /** File with the publisher's private key, PEM. */
  readonly key: string;
  /** Where the pack goes. */
  readonly out: string;
  /** How long processes follow it. */
  readonly validDays: number;
  /** Whether a pack without edits is written as well. */
  readonly allowEmpty: boolean;
}

const DAY_MS = 24 * 60 * 60 * 1000;
/** Processes that start from a pack file have nobody to ask again. */
const POLL_INTERVAL_MS = 10_000;

/** `distrace pack build`: everything a service needs to be traced without a server, signed, in one file. */
export async function packBuildCommand(
  folders: readonly string[],
  { rules, service, key, out, validDays, allowEmpty }: PackBuildOptions,
  io: CliIo,
): Promise<void> {
  const privateKey = await readKey(resolve(io.cwd, key));
  const { prepared } = await loadRules(rules, io.cwd);
  const roots = folders.map((folder) => resolve(io.cwd, folder));
  const { files, woven, scripts, unmatched } = await weaveFolders(roots, prepared, io);
  for (const { rule, filesAsked } of unmatched) {
    io.err(`matches nothing in these folders: ${rule} (${whyNothing(filesAsked)})\n`);
  }
  if (woven === 0 && !allowEmpty) {
    throw new CliError(
      'DT_ERR_CLI_PACK_EMPTY',
      `A pack must hold edits for at least one file, but none of ${scripts} scripts in ${folders.join(', ')} is woven; name the root of the app with its node_modules, see distrace doctor FILE, or say --allow-empty`,
    );
  }
  const bundle = await buildHelperBundle({ extensions: rules, from: io.cwd });
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

function whyNothing(filesAsked: number): string {
  return filesAsked === 0
    ? 'no file is of its packages and paths and has its names'
    : `looked into ${filesAsked} of its packages and paths: see distrace doctor FILE`;
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
