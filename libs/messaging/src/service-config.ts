import { ConfigError } from './config-error.js';
import { readZpagesSettings } from './zpages-settings.js';
import type { ZpagesSettings } from './zpages-settings.js';

/** What every reference service reads from its environment. */
export interface ServiceConfig {
  /** `PORT`; 0 takes a free one. */
  readonly port: number;
  /** `HOST`, default 127.0.0.1. */
  readonly host: string;
  /** `AMQP_URL`, default amqp://127.0.0.1:5672. */
  readonly amqpUrl: string;
  /** `DISTRACE_QUEUE_PREFIX`, default empty. Tells runs that share a broker apart. */
  readonly queuePrefix: string;
  /** `DISTRACE_DATA_DIR`, default .data. */
  readonly dataDir: string;
  /** `DISTRACE_EXPORTER`, default directZipkin(http://127.0.0.1:9411). */
  readonly exporter: string;
  /** `DISTRACE_STACK_TRACES`, default true: whether spans say where they were opened and closed. */
  readonly stackTraces: boolean;
  /** `DISTRACE_ZPAGES_ALLOW`, `DISTRACE_ZPAGES_TRACE_URL`. */
  readonly zpages: ZpagesSettings;
}

/** The environment, or a test's stand-in for it. */
export type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads the settings that all services share.
 * @throws {ConfigError} for the first value that breaks its rule.
 */
export function readServiceConfig(
  env: Environment,
  { defaultPort }: { readonly defaultPort: number },
): ServiceConfig {
  const exporter = env['DISTRACE_EXPORTER'] || 'directZipkin(http://127.0.0.1:9411)';
  return {
    port: readWholeNumber(env, 'PORT', { defaultValue: defaultPort, max: 65_535 }),
    host: env['HOST'] || '127.0.0.1',
    amqpUrl: readAmqpUrl(env['AMQP_URL'] || 'amqp://127.0.0.1:5672'),
    queuePrefix: readPrefix(env['DISTRACE_QUEUE_PREFIX'] ?? ''),
    dataDir: env['DISTRACE_DATA_DIR'] || '.data',
    exporter,
    stackTraces: readFlag(env, 'DISTRACE_STACK_TRACES', { defaultValue: true }),
    zpages: readZpagesSettings(env, exporter),
  };
}

/** Limits of {@link readWholeNumber}. */
export interface WholeNumberOptions {
  readonly defaultValue: number;
  readonly max: number;
  /** Default 0. */
  readonly min?: number;
}

/** Reads a whole number. @throws {ConfigError} when it is none or out of range. */
export function readWholeNumber(
  env: Environment,
  variable: string,
  { defaultValue, max, min = 0 }: WholeNumberOptions,
): number {
  const value = env[variable];
  if (value === undefined || value === '') return defaultValue;
  const number = Number(value);
  if (!/^\d+$/.test(value) || number < min || number > max) {
    throw new ConfigError(variable, `a whole number from ${min} to ${max}`, value);
  }
  return number;
}

function readFlag(
  env: Environment,
  variable: string,
  { defaultValue }: { readonly defaultValue: boolean },
): boolean {
  const value = env[variable];
  if (value === undefined || value === '') return defaultValue;
  if (value !== 'true' && value !== 'false') throw new ConfigError(variable, 'true or false', value);
  return value === 'true';
}

function readAmqpUrl(value: string): string {
  const url = URL.parse(value);
  if (url === null || !['amqp:', 'amqps:'].includes(url.protocol)) {
    throw new ConfigError('AMQP_URL', 'a URL such as amqp://127.0.0.1:5672', withoutPassword(value));
  }
  return value;
}

function readPrefix(value: string): string {
  if (!/^[\w.-]{0,100}$/.test(value)) {
    throw new ConfigError(
      'DISTRACE_QUEUE_PREFIX',
      'at most 100 letters, digits, dots, dashes or underscores',
      value,
    );
  }
  return value;
}

/** The value with the password of a URL left out, fit for a log. */
export function withoutPassword(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//***@');
}
