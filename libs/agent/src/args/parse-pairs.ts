import { AgentError } from '../errors.js';
import { argNamed, argNames } from './keys.js';
import type { ArgName } from './keys.js';
import { nearest } from './nearest.js';
import { shown } from './shown.js';

export type Pairs = Partial<Record<ArgName, string>>;

/** `k=v;k=v`. Empty parts are skipped; a value may hold `=`, and `;` doubled. */
export function parseArgString(text: string): Pairs {
  return collect(
    text
      .replaceAll(';;', '\0')
      .split(';')
      .map((part) => part.replaceAll('\0', ';').trim())
      .filter((part) => part !== '')
      .map((part) => ({ part, where: 'DISTRACE_ARGS' })),
  );
}

/** `key=value` lines; `#` at the start of a line is a comment. */
export function parseConfigFile(text: string, path: string): Pairs {
  const pairs = collect(
    text
      .replace(/^\uFEFF/, '')
      .split(/\r?\n/)
      .map((line, i) => ({ part: line.trim(), where: `${path}:${i + 1}` }))
      .filter(({ part }) => part !== '' && !part.startsWith('#')),
  );
  if (pairs.config_file !== undefined) {
    throw new AgentError(
      'DT_ERR_AGENT_ARGS',
      `A config file names no other, got config_file in ${path}; put its lines into this one`,
    );
  }
  return pairs;
}

/** `DISTRACE_AGENT_TIMEOUT_MS=300`: the names and aliases in upper case. */
export function parseEnvironment(env: Readonly<Record<string, string | undefined>>): Pairs {
  return collect(
    argNames().flatMap((name) => {
      const variable = `DISTRACE_AGENT_${name.toUpperCase()}`;
      const value = env[variable];
      return value === undefined || value === ''
        ? []
        : [{ part: `${name}=${value}`, where: 'the environment' }];
    }),
  );
}

function collect(parts: readonly { readonly part: string; readonly where: string }[]): Pairs {
  const pairs: Pairs = {};
  for (const { part, where } of parts) {
    const at = part.indexOf('=');
    const written = at < 0 ? part : part.slice(0, at).trim();
    const name = argNamed(written);
    if (at < 0 || name === undefined) {
      throw new AgentError(
        'DT_ERR_AGENT_ARGS',
        `An argument is key=value with one of the keys ${argNames().join(', ')}; got ${shown(written)} in ${where}${meant(written, name, at)}`,
      );
    }
    if (pairs[name] !== undefined) {
      throw new AgentError(
        'DT_ERR_AGENT_ARGS',
        `Each argument stands once, got ${name}${written === name ? '' : ` (as ${written})`} twice in ${where}; leave one out`,
      );
    }
    pairs[name] = part.slice(at + 1).trim();
  }
  return pairs;
}

function meant(written: string, name: ArgName | undefined, at: number): string {
  if (name !== undefined) return at < 0 ? `; give it a value, ${written}=…` : '';
  const near = nearest(written, argNames());
  return near === undefined ? '' : `; did you mean ${near}?`;
}
