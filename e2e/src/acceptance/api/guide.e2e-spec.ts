import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as ours from '@distrace/tracing';
import { lintSpans } from '@distrace/tracing/testing';
import { SpanKind } from '@opentelemetry/api';
import { beforeAll, describe, expect, it } from 'vitest';

const GUIDE = new URL('../../../../docs/guides/trace-your-nest-service.md', import.meta.url);
const require = createRequire(import.meta.url);

let guide: string;
beforeAll(async () => {
  guide = await readFile(GUIDE, 'utf8');
});

/** The rows of the tables of a section, as cells. */
function rowsOf(heading: string): readonly (readonly string[])[] {
  const section = new RegExp(`^## ${heading}\n(.*?)(?=^## )`, 'ms').exec(guide)?.[1] ?? '';
  const lines = section.split('\n').filter((line) => line.startsWith('| '));
  return lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

/** What a cell sets in code. */
const codeIn = (cell: string | undefined) =>
  Array.from((cell ?? '').matchAll(/`([^`]+)`/g), ([, code = '']) => code);
/** The name that code begins with: `@Span(name?)` is Span. */
const namesIn = (cell: string | undefined) => codeIn(cell).map((code) => /\w+/.exec(code)?.[0] ?? '');

describe('from nestjs-otel', () => {
  it('names what nestjs-otel exports, and what we do', () => {
    const rows = rowsOf('From nestjs-otel').slice(1);
    expect(rows.length).toBeGreaterThan(8);
    const theirs = Object.keys(require('nestjs-otel') as object);
    expect(theirs).toEqual(expect.arrayContaining(rows.flatMap(([left]) => namesIn(left))));
    const replaced = rows.map(([, right = '']) => right).filter((right) => right.startsWith('`'));
    expect(Object.keys(ours)).toEqual(expect.arrayContaining(replaced.flatMap((right) => namesIn(right))));
  });
});

describe('from instrumentation-amqplib', () => {
  const attributes = () =>
    rowsOf('From instrumentation-amqplib')
      .map(([left, right]) => ({ old: codeIn(left)[0] ?? '', now: codeIn(right) }))
      .filter(({ old }) => /^(?:messaging|server)\./.test(old));

  function rulesOf(key: string) {
    const attributed = { [key]: 'x' };
    return lintSpans([
      {
        name: 'x',
        kind: SpanKind.INTERNAL,
        attributes: attributed,
        status: { code: 0 },
        events: [],
        instrumentationScope: { name: 'app' },
      },
    ]).map(({ rule }) => rule);
  }

  it('lists all attributes and span names that it has', async () => {
    const main = require.resolve('@opentelemetry/instrumentation-amqplib');
    const readme = await readFile(join(dirname(main), '../README.md'), 'utf8');
    const all = Array.from(
      readme.matchAll(/^\| `((?:messaging|server)\.\w+(?:\.\w+)*)`/gm),
      ([, key]) => key,
    );
    expect(
      attributes()
        .map(({ old }) => old)
        .toSorted(),
    ).toEqual(all.toSorted());
    const source = await readFile(join(dirname(main), 'amqplib.mjs'), 'utf8');
    const spanNames = Array.from(source.matchAll(/startSpan\((.+?),/g), ([, name]) => name);
    expect(spanNames.toSorted()).toEqual(['`${queue} process`', '`publish ${normalizedExchange}`']);
  });

  it('keeps none that was given up, and replaces it by a current one', () => {
    for (const { old, now } of attributes()) {
      expect(rulesOf(old).includes('legacy-attribute'), old).toBe(!now.includes(old));
      const rules = now.flatMap(rulesOf);
      expect(rules, old).not.toContain('legacy-attribute');
      expect(rules, old).not.toContain('attribute-name');
    }
  });
});

it('its links within lead to its sections', () => {
  const titles = Array.from(guide.matchAll(/^## (.*)$/gm), ([, title = '']) => title.toLowerCase());
  const sections = new Set(titles.map((title) => title.replaceAll(/[^\w -]/g, '').replaceAll(' ', '-')));
  const links = Array.from(guide.matchAll(/\]\(#([^)]+)\)/g), ([, anchor = '']) => anchor);
  expect(links.length).toBeGreaterThan(20);
  expect(links.filter((link) => !sections.has(link))).toEqual([]);
});
