import { readFile, realpath } from 'node:fs/promises';
import { resolve } from 'node:path';
import { createTwoFilesPatch } from 'diff';
import { weaveRules } from '../matchers/index.js';
import type { FileRules, PreparedRules } from '../matchers/index.js';
import { weave } from '../weaver/index.js';
import type { FunctionFacts, WeaveResult } from '../weaver/index.js';
import { CliError } from './errors.js';
import { identify } from './files/identify.js';
import type { IdentifiedFile } from './files/identify.js';
import { Owners } from './files/owners.js';

/** A file as the rules left it. */
export interface WovenFile {
  readonly result: WeaveResult;
  /** All functions of the file, as matchers see them. */
  readonly functions: readonly FunctionFacts[];
}

/** Reads a file and says what it is. Throws `DT_ERR_CLI_FILE`. */
export async function readScript(path: string, cwd: string): Promise<IdentifiedFile> {
  const given = resolve(cwd, path);
  if (/\.[cm]?tsx?$/.test(given)) {
    throw new CliError(
      'DT_ERR_CLI_FILE',
      `FILE must be JavaScript as Node runs it, got ${given}; name the compiled file: TypeScript whose types Node strips itself is never woven`,
    );
  }
  let real: string;
  let bytes: Buffer;
  try {
    real = await realpath(given);
    bytes = await readFile(real);
  } catch (cause) {
    throw new CliError(
      'DT_ERR_CLI_FILE',
      `FILE must be a file that can be read, got ${given}; correct the path`,
      { cause },
    );
  }
  const file = identify(real, bytes, new Owners());
  if (file !== undefined) return file;
  throw new CliError(
    'DT_ERR_CLI_FILE',
    `FILE must be JavaScript as Node runs it (.js, .mjs, .cjs), got ${given}; name the compiled file`,
  );
}

/** Weaves one file by the rules that touch it. */
export function weaveFile(
  { identity, text }: IdentifiedFile,
  { rules }: Pick<FileRules, 'rules'>,
): WovenFile {
  const functions: FunctionFacts[] = [];
  const collector = {
    name: 'collector',
    replaces: false,
    matches(fn: FunctionFacts) {
      functions.push(fn);
      return false;
    },
  };
  const { path, format, source } = identity;
  const options = { path, format, sourceHash: source };
  const result = weave(text, { ...options, rules: [collector, ...weaveRules(rules)] });
  return { functions, result };
}

/** What weaving a file changes, as a unified diff; empty where it changes nothing. */
export function diffOf({ identity, text }: IdentifiedFile, woven: string): string {
  if (woven === text) return '';
  const name = identity.package === '' ? identity.path : `${identity.package}/${identity.path}`;
  return createTwoFilesPatch(`a/${name}`, `b/${name}`, text, woven, undefined, undefined, {
    context: 2,
  }).replace(/^=+\n/, '');
}

/** The rules of a file. */
export function rulesOf(file: IdentifiedFile, prepared: PreparedRules): FileRules {
  return prepared.rulesFor(file.identity);
}
