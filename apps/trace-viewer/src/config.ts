import type { TraceViewerOptions } from './create-trace-viewer.js';
import { readRabbitOptions } from './rabbit/rabbit-config.js';
import { readList, readText, readWholeNumber, refuse, type Environment } from './environment.js';

/** What the process is told: where to listen, and everything else. */
export interface ViewerConfig {
  /** `PORT`, else `QUERY_PORT`, default 9411; 0 takes a free one. */
  readonly port: number;
  /** `HOST`, default 127.0.0.1. */
  readonly host: string;
  readonly options: TraceViewerOptions;
}

/** Reads the settings; names are Zipkin's where it has one. @throws ViewerError for the first that breaks its rule. */
export function readViewerConfig(env: Environment): ViewerConfig {
  const host = readText(env, 'HOST') ?? '127.0.0.1';
  return {
    port:
      readWholeNumber(env, readText(env, 'PORT') === undefined ? 'QUERY_PORT' : 'PORT', { max: 65_535 }) ??
      9411,
    host,
    options: {
      maxSpans: readWholeNumber(env, 'MEM_MAX_SPANS', { min: 1, max: 100_000_000 }),
      maxBytes: readWholeNumber(env, 'DISTRACE_VIEWER_MAX_BYTES', { min: 1024 * 1024, max: 2 ** 40 }),
      strictTraceId: readFlag(env, 'STRICT_TRACE_ID'),
      autocompleteKeys: readList(env, 'AUTOCOMPLETE_KEYS'),
      lookbackMs: readWholeNumber(env, 'QUERY_LOOKBACK', { min: 1, max: Number.MAX_SAFE_INTEGER }),
      file: readText(env, 'DISTRACE_VIEWER_FILE'),
      maxBodyBytes: readWholeNumber(env, 'DISTRACE_VIEWER_MAX_BODY_BYTES', {
        min: 1024,
        max: 256 * 1024 * 1024,
      }),
      allowedHosts: readHosts(env, host),
      allowedOrigins: readOrigins(env),
      rabbit: readRabbitOptions(env),
      endsWithParent: readText(env, 'DISTRACE_PARENT_PID') !== undefined,
    },
  };
}

/** The name under which it was told to listen is one under which it answers. */
function readHosts(env: Environment, host: string): readonly string[] {
  const variable = 'DISTRACE_VIEWER_ALLOWED_HOSTS';
  const hosts = readList(env, variable).map((name) => name.toLowerCase());
  const bad = hosts.find((name) => name !== '*' && !/^[a-z0-9_.-]+$/.test(name));
  if (bad !== undefined)
    throw refuse(variable, 'host names without scheme and port, separated by commas, or *', bad);
  return [...hosts, host.toLowerCase()];
}

function readOrigins(env: Environment): readonly string[] {
  const variable = 'DISTRACE_VIEWER_ALLOWED_ORIGINS';
  const origins = readList(env, variable);
  const bad = origins.find((origin) => origin !== '*' && URL.parse(origin)?.origin !== origin);
  if (bad !== undefined)
    throw refuse(variable, 'origins such as http://localhost:3000, separated by commas, or *', bad);
  return origins;
}

function readFlag(env: Environment, variable: string): boolean | undefined {
  const value = readText(env, variable);
  if (value === undefined) return undefined;
  if (value !== 'true' && value !== 'false') throw refuse(variable, 'true or false', value);
  return value === 'true';
}
