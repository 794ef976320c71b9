import { DistraceError } from '../errors.js';
import { consoleExporter } from './console-exporter.js';
import { disk } from './disk-exporter.js';
import { parseExporterSpec } from './exporter-spec.js';
import { otlp } from './otlp-exporter.js';
import { shownText } from './shown-text.js';
import type { SpanExporter } from './span-exporter.js';
import { directZipkin } from './zipkin-exporter.js';

/** Makes an exporter from the arguments of its string form, `name(first, second)`. */
export type ExporterFactory = (args: readonly string[]) => SpanExporter;

/** Exporters by name. */
export interface ExporterRegistry {
  /** Adds a name or takes it over. Throws a DistraceError for a name that the string form cannot hold. */
  register(name: string, factory: ExporterFactory): void;
  /** Makes the exporter that a string asks for. Throws a DistraceError for unknown names and bad arguments. */
  create(spec: string): SpanExporter;
  /** All names, sorted. */
  names(): string[];
}

/** A registry of its own that knows the built-in exporters. */
export function createExporterRegistry(): ExporterRegistry {
  const factories = new Map<string, ExporterFactory>(BUILT_IN);
  const names = (): string[] => [...factories.keys()].toSorted();
  return {
    names,
    register(name, factory) {
      if (parseExporterSpec(name)?.name !== name) {
        throw badArgument(
          'registerExporter',
          `a name of letters, digits, "_", "." and "-", got "${shownText(name)}"`,
          name,
        );
      }
      factories.set(name, factory);
    },
    create(spec) {
      const parsed = parseExporterSpec(spec);
      const factory = parsed === undefined ? undefined : factories.get(parsed.name);
      if (parsed === undefined || factory === undefined) {
        throw new DistraceError(
          'DT_ERR_EXPORTER_UNKNOWN',
          `No exporter is called "${shownText(spec)}"; write name(arguments) with one of: ${names().join(', ')}; or none`,
          { fields: { spec: shownText(spec), known: names() } },
        );
      }
      return factory(parsed.args);
    },
  };
}

// Made at first use: BUILT_IN stands below.
let shared: ExporterRegistry | undefined;

/** The registry that {@link createExporter} and {@link registerExporter} use unless given one. */
export function defaultExporters(): ExporterRegistry {
  shared ??= createExporterRegistry();
  return shared;
}

/**
 * Makes an exporter from its string form: `directZipkin(http://127.0.0.1:9411)`, `directZipkin(http://host, v1)`,
 * `disk(./spans)`, `disk(./spans.ndjson, 1048576)`, `otlp(http://host:4318)`, `console()`, or a bare name.
 */
export function createExporter(spec: string, registry: ExporterRegistry = defaultExporters()): SpanExporter {
  return registry.create(spec);
}

/** Makes an exporter known by name for the string form. */
export function registerExporter(
  name: string,
  factory: ExporterFactory,
  registry: ExporterRegistry = defaultExporters(),
): void {
  registry.register(name, factory);
}

const zipkinFactory: ExporterFactory = (args) => {
  const [url, encoding = 'v2'] = atMost(2, 'directZipkin', args);
  if (encoding !== 'v1' && encoding !== 'v2') {
    throw badArgument(
      'directZipkin',
      `v1 or v2 as its second argument, got "${shownText(encoding)}"`,
      encoding,
    );
  }
  return directZipkin(url || undefined, { encoding });
};

const diskFactory: ExporterFactory = (args) => {
  const [path = '', maxBytes, maxFiles] = atMost(3, 'disk', args);
  return disk(path, {
    maxBytes: wholeNumber('disk', 'bytes per file', maxBytes),
    maxFiles: wholeNumber('disk', 'number of files', maxFiles),
  });
};

const BUILT_IN: readonly (readonly [string, ExporterFactory])[] = [
  ['directZipkin', zipkinFactory],
  ['zipkin', zipkinFactory],
  ['disk', diskFactory],
  ['otlp', (args) => otlp(atMost(1, 'otlp', args)[0] || undefined)],
  [
    'console',
    (args) => {
      atMost(0, 'console', args);
      return consoleExporter();
    },
  ],
];

function atMost(count: number, exporter: string, args: readonly string[]): readonly string[] {
  if (args.length <= count) return args;
  const rule = count === 0 ? 'no argument' : `at most ${count} argument${count === 1 ? '' : 's'}`;
  throw badArgument(exporter, `${rule}, got ${args.length}: ${shownText(args.join(', '))}`, args[count]!);
}

function wholeNumber(exporter: string, what: string, text: string | undefined): number | undefined {
  if (text === undefined || text === '') return undefined;
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw badArgument(exporter, `a whole number above 0 for the ${what}, got "${shownText(text)}"`, text);
}

function badArgument(exporter: string, rule: string, argument: string): DistraceError {
  return new DistraceError('DT_ERR_EXPORTER_ARGUMENT', `${exporter} takes ${rule}`, {
    fields: { exporter, argument: shownText(argument) },
  });
}
