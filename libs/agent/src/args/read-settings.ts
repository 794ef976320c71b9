import { AgentError, reasonOf } from '../errors.js';
import { parseArgString, parseConfigFile, parseEnvironment } from './parse-pairs.js';
import { settingsFrom } from './settings.js';
import type { Settings } from './settings.js';

/** `DISTRACE_ARGS` over `DISTRACE_AGENT_<KEY>` over the config file over the defaults. */
export function readSettings(
  env: Readonly<Record<string, string | undefined>>,
  readText: (path: string) => string,
): Settings {
  const args = parseArgString(env['DISTRACE_ARGS'] ?? '');
  const variables = parseEnvironment(env);
  const path = args.config_file ?? variables.config_file;
  return settingsFrom(args, variables, path === undefined ? {} : configFile(path, readText));
}

function configFile(path: string, readText: (path: string) => string) {
  let text: string;
  try {
    text = readText(path);
  } catch (error) {
    throw new AgentError(
      'DT_ERR_AGENT_ARGS',
      `config_file must be readable, got ${JSON.stringify(path)}: ${reasonOf(error)}`,
    );
  }
  return parseConfigFile(text, path);
}
