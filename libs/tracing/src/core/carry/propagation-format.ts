import { DistraceError } from '../errors.js';

/** A way to write trace context into headers, as `OTEL_PROPAGATORS` calls it. */
export type PropagationFormat = 'tracecontext' | 'baggage' | 'b3' | 'b3multi';

/** What is written and read when nobody says otherwise. */
export const DEFAULT_FORMATS: readonly PropagationFormat[] = ['tracecontext', 'baggage'];

const FORMATS: ReadonlySet<unknown> = new Set<PropagationFormat>([...DEFAULT_FORMATS, 'b3', 'b3multi']);

/**
 * The formats that the option, else `OTEL_PROPAGATORS`, asks for; undefined to leave it to the SDK: when neither
 * says anything, or the variable has a name (`none` among them) that is the SDK's own. Throws a DistraceError for an
 * option that is no list of formats.
 */
export function choosePropagation(
  option: unknown,
  env: NodeJS.ProcessEnv,
): readonly PropagationFormat[] | undefined {
  if (option !== undefined) return parseOption(option);
  const names = (env['OTEL_PROPAGATORS'] ?? '').split(',').map((name) => name.trim());
  const given = names.filter((name) => name !== '');
  const formats = given.filter(isFormat);
  return formats.length === 0 || formats.length < given.length ? undefined : unique(formats);
}

function parseOption(option: unknown): readonly PropagationFormat[] {
  if (Array.isArray(option)) {
    const formats = option.filter(isFormat);
    if (formats.length === option.length) return unique(formats);
  }
  throw new DistraceError(
    'DT_ERR_PROPAGATION',
    `propagation is a list of tracecontext, baggage, b3 and b3multi, got ${shown(option)}. Name those that the other services read, or leave it out for W3C.`,
    { fields: { propagation: option } },
  );
}

function isFormat(name: unknown): name is PropagationFormat {
  return FORMATS.has(name);
}

function unique(formats: readonly PropagationFormat[]): readonly PropagationFormat[] {
  return [...new Set(formats)];
}

function shown(option: unknown): string {
  try {
    return (JSON.stringify(option) ?? String(option)).slice(0, 100);
  } catch {
    return typeof option;
  }
}
