import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createExporter, createExporterRegistry, registerExporter } from './exporter-registry.js';
import { parseExporterSpec } from './exporter-spec.js';
import { SpanExporter } from './span-exporter.js';

class Custom extends SpanExporter {
  readonly args: readonly string[];

  constructor(args: readonly string[]) {
    super();
    this.args = args;
  }

  override send(): Promise<void> {
    return Promise.resolve();
  }
}

const custom = (args: readonly string[]): Custom => new Custom(args);

function errorOf(spec: string): Error {
  try {
    createExporter(spec);
  } catch (error) {
    return error as Error;
  }
  throw new Error('expected an error');
}

describe('parseExporterSpec', () => {
  it.each([
    ['console', { name: 'console', args: [] }],
    [' console ( ) ', { name: 'console', args: [] }],
    ['directZipkin(http://127.0.0.1:9411)', { name: 'directZipkin', args: ['http://127.0.0.1:9411'] }],
    ['disk(./a b.ndjson, 1048576)', { name: 'disk', args: ['./a b.ndjson', '1048576'] }],
    ['disk(./a(1).ndjson)', { name: 'disk', args: ['./a(1).ndjson'] }],
    ['my.own-exporter_2(a,,b)', { name: 'my.own-exporter_2', args: ['a', '', 'b'] }],
    ['', undefined],
    ['(x)', undefined],
    ['disk(', undefined],
    ['disk) x', undefined],
    ['http://host', undefined],
    ['a b', undefined],
  ])('takes "%s" apart', (text, expected) => {
    expect(parseExporterSpec(text)).toEqual(expected);
  });
});

describe('createExporter', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'distrace-spec-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  it.each([
    'directZipkin(http://127.0.0.1:9411)',
    'directZipkin(http://127.0.0.1:9411, v1)',
    'directZipkin()',
    'zipkin',
    'otlp(http://127.0.0.1:4318)',
    'otlp',
    'console()',
    'console',
  ])('makes %s', async (spec) => {
    const exporter = createExporter(spec);
    expect(exporter).toBeInstanceOf(SpanExporter);
    await exporter.shutdown();
  });

  it('makes disk with a path, and with a size', () => {
    expect(createExporter(`disk(${folder})`)).toBeInstanceOf(SpanExporter);
    expect(createExporter(`disk(${folder}/a b.ndjson, 1048576, 2)`)).toBeInstanceOf(SpanExporter);
  });

  it.each(['nothing', 'Zipkin', '', 'disk(', '__proto__', 'constructor'])(
    'does not know "%s" and says what it knows',
    (spec) => {
      expect(() => createExporter(spec)).toThrow(
        expect.objectContaining({
          name: 'DistraceError',
          code: 'DT_ERR_EXPORTER_UNKNOWN',
          message: expect.stringContaining('console, directZipkin, disk, otlp, zipkin') as string,
        }),
      );
    },
  );

  it.each([
    ['directZipkin(nowhere)', 'http or https URL, got "nowhere"'],
    ['directZipkin(http://x, v3)', 'v1 or v2'],
    ['directZipkin(http://x, v2, more)', 'at most 2 arguments, got 3'],
    ['disk()', 'disk needs a file'],
    ['disk(/tmp/x, big)', 'whole number above 0 for the bytes per file, got "big"'],
    ['disk(/tmp/x, -1)', 'whole number'],
    ['otlp(x)', 'otlp needs an http or https URL'],
    ['console(x)', 'no argument, got 1: x'],
  ])('refuses %s: %s', (spec, message) => {
    expect(() => createExporter(spec)).toThrow(
      expect.objectContaining({
        code: 'DT_ERR_EXPORTER_ARGUMENT',
        message: expect.stringContaining(message) as string,
      }),
    );
  });

  it.each([
    'directZipkin(http://user:secret@@@bad host)',
    'otlp(http://user:secret@@@bad host)',
    'directZipkin(ftp://user:secret@host)',
    'directZipkin(http://user:sec,secret@host)',
    'directZipkin(http://user:secret@host, v2, more)',
    'unknown(http://user:secret@host)',
  ])('keeps the password out of the error for %s', (spec) => {
    const error = errorOf(spec);
    expect(error).toMatchObject({ name: 'DistraceError' });
    expect(`${error.message} ${JSON.stringify(error)}`).not.toContain('secret');
  });

  it.each([`x(${'y'.repeat(1_000_000)})`, `disk(${'a'.repeat(5000)})`, `console(${'a'.repeat(5000)})`])(
    'is short about an argument that is long',
    (spec) => {
      const error = errorOf(spec);
      expect(error).toMatchObject({ name: 'DistraceError' });
      expect(error.message.length).toBeLessThan(700);
    },
  );

  it('makes exporters registered by name, each registry its own', () => {
    const registry = createExporterRegistry();
    registerExporter('custom', custom, registry);
    expect(createExporter('custom(a, b)', registry)).toEqual(expect.objectContaining({ args: ['a', 'b'] }));
    expect(registry.names()).toContain('custom');
    expect(() => createExporter('custom')).toThrow(/No exporter is called "custom"/);
  });

  it('refuses a name that the string form cannot hold', () => {
    for (const name of ['', 'a b', 'a(b)', '1a']) {
      expect(() => registerExporter(name, custom, createExporterRegistry())).toThrow(
        expect.objectContaining({ code: 'DT_ERR_EXPORTER_ARGUMENT' }),
      );
    }
  });
});
