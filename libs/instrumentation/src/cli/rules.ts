import { definitionOf } from '../interceptor/index.js';
import type { InterceptorDefinition } from '../interceptor/index.js';
import { prepareRules } from '../matchers/index.js';
import type { PreparedRules } from '../matchers/index.js';
import { ClassServiceLoader } from '../services/index.js';
import { WEAVER } from '../wire/index.js';
import { CliError } from './errors.js';

/** Extensions as the command line names them, loaded. */
export interface LoadedRules {
  readonly definitions: readonly InterceptorDefinition[];
  readonly prepared: PreparedRules;
}

/** Loads the interceptors of extensions, outermost first, and checks them as a server's start does. */
export async function loadRules(extensions: readonly string[], cwd: string): Promise<LoadedRules> {
  const loader = await ClassServiceLoader.open(extensions, { from: cwd });
  const definitions = (await loader.load('Interceptor')).map(definitionOf);
  if (definitions.length === 0) {
    throw new CliError(
      'DT_ERR_CLI_NO_RULES',
      `Extensions must name at least one interceptor, but ${extensions.join(', ')} name none; list them in META-INF/services/Interceptor or in distrace.services of package.json`,
    );
  }
  return { definitions, prepared: prepareRules(definitions, { weaver: WEAVER }) };
}
