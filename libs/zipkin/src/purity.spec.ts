import { expect, it } from 'vitest';

interface ViteMeta {
  readonly glob: (pattern: string, options: object) => Record<string, string>;
}

it('imports nothing from outside, so that it runs in a browser', () => {
  const sources = (import.meta as unknown as ViteMeta).glob('./**/*.ts', {
    eager: true,
    query: '?raw',
    import: 'default',
  });
  const own = Object.entries(sources).filter(([path]) => !path.includes('.spec.'));
  expect(own.length).toBeGreaterThan(5);
  const foreign = own.flatMap(([path, source]) =>
    [...source.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)]
      .filter(([, specifier]) => !/^\.\.?\//.test(specifier!))
      .map(([, specifier]) => `${path} imports ${specifier}`),
  );
  expect(foreign).toEqual([]);
});
