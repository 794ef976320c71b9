import { DistraceError } from '@distrace/tracing/core';
import { func, inClass, inFile, inPackage, method } from '../matchers/index.js';
import type { Matcher } from '../matchers/index.js';

/** One entry of the configuration that orchestrion (`@apm-js-collab/code-transformer`) reads. */
export interface OrchestrionConfig {
  readonly channelName: string;
  readonly module: {
    readonly name: string;
    readonly versionRange: string;
    readonly filePath: string | RegExp;
  };
  readonly functionQuery?: object;
  readonly astQuery?: string;
  readonly transform?: unknown;
}

/** What one channel of orchestrion becomes. */
export interface OrchestrionMatcher {
  /** As the channel is called: `orchestrion:express:handle`; fit to be an interceptor's name. */
  readonly name: string;
  readonly match: Matcher;
}

const NAMING = ['className', 'methodName', 'privateMethodName', 'functionName', 'expressionName'] as const;
const KNOWN = new Set<string>([
  ...NAMING,
  'kind',
  'index',
  'isExportAlias',
  'callbackIndex',
  'mutableResult',
]);

/**
 * Reads orchestrion's configuration: one matcher per channel, for `defineInterceptor`. `kind` is not needed: how a
 * function ends is seen by itself. Every function of the name in the file is matched, not only the first. Throws
 * `DT_ERR_ORCHESTRION` for what cannot be said here, rather than matching something else.
 *
 * @example
 * matchersFromOrchestrion(config).map(({ name, match }) => defineInterceptor({ name, match, onEnter }));
 */
export function matchersFromOrchestrion(
  config: OrchestrionConfig | readonly OrchestrionConfig[],
): readonly OrchestrionMatcher[] {
  const byChannel = new Map<string, Matcher>();
  for (const entry of 'module' in config ? [config] : config) {
    const name = `orchestrion:${entry.module?.name}:${entry.channelName}`;
    const match = matcherOf(entry, name);
    byChannel.set(name, byChannel.get(name)?.or(match) ?? match);
  }
  return [...byChannel].map(([name, match]) => ({ name, match }));
}

function matcherOf(
  { module, functionQuery, astQuery, transform }: OrchestrionConfig,
  channel: string,
): Matcher {
  const refuse = (problem: string): never => {
    throw new DistraceError('DT_ERR_ORCHESTRION', `${channel}: ${problem}`);
  };
  if (astQuery !== undefined) refuse('astQuery is not read; name the function by functionQuery');
  if (transform !== undefined)
    refuse('transform is not read; write what it does as replace of an interceptor');
  if (functionQuery === undefined) return refuse('functionQuery is needed to name the function, got none');
  if (typeof module.filePath !== 'string') {
    return refuse('filePath must be a text here, got a regular expression; write a matcher with inFile()');
  }
  if (/[[\]{}()*?!+@\\]/.test(module.filePath)) {
    refuse(
      `filePath must be one path with / between names, got ${JSON.stringify(module.filePath)}; write a matcher with inFile()`,
    );
  }
  const place = inPackage(`${module.name}@${module.versionRange ?? '*'}`).and(inFile(module.filePath));
  return place.and(functionOf(functionQuery as Record<string, unknown>, refuse));
}

function functionOf(query: Record<string, unknown>, refuse: (problem: string) => never): Matcher {
  const unknown = Object.keys(query).find((key) => !KNOWN.has(key));
  if (unknown !== undefined) refuse(`functionQuery.${unknown} is not read; take it out or write a matcher`);
  if (query['isExportAlias'] === true) {
    refuse('isExportAlias is not read; give the name that the function has inside the file');
  }
  if (query['kind'] === 'Callback' || query['callbackIndex'] !== undefined) {
    refuse(
      'kind Callback is not read, for hooks see a function and not its callback; use replace of an interceptor',
    );
  }
  if (query['mutableResult'] === true) {
    refuse('mutableResult is not read, for advice cannot change a result; use replace of an interceptor');
  }
  if (query['index'] != null && query['index'] !== 0) {
    refuse(
      `index ${String(query['index'])} is not read, for all functions of the name are matched; take it out`,
    );
  }
  const named = Object.fromEntries(
    NAMING.filter((key) => query[key] !== undefined).map((key) => [key, String(query[key])]),
  ) as Partial<Record<(typeof NAMING)[number], string>>;
  return functionNamed(named) ?? refuse(`functionQuery must name a function, got ${JSON.stringify(query)}`);
}

function functionNamed(query: Partial<Record<(typeof NAMING)[number], string>>): Matcher | undefined {
  const { className, privateMethodName, functionName, expressionName } = query;
  const methodName = query.methodName ?? (privateMethodName && `#${privateMethodName}`);
  if (className !== undefined) return inClass(className).and(method(methodName ?? 'constructor'));
  if (methodName !== undefined) return method(methodName);
  if (functionName !== undefined) return func(functionName);
  // `A.prototype.name = function () {}` is an expression to orchestrion and a method here.
  return expressionName === undefined ? undefined : func(expressionName).or(method(expressionName));
}
