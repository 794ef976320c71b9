import { existsSync, globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { anchorsIn, deadLinks } from './links.ts';

const page = (path: string, text: string) => ({ path, text });

describe('dead links', () => {
  const pages = [page('README.md', '# Here\n'), page('docs/a.md', '# A page\n\n## What `x` is, and why?\n')];
  const paths = new Set(['README.md', 'docs', 'docs/a.md', 'src/x.ts']);
  const dead = (text: string) =>
    deadLinks([...pages, page('docs/b.md', text)], (path) => path === 'docs/b.md' || paths.has(path)).map(
      ({ link }) => link,
    );

  it('are those to a path or heading that is not there', () => {
    expect(
      dead(
        '[1](a.md) [2](no.md) [3](a.md#a-page) [4](a.md#b) [5](#own) [6](../README.md#no)\n\n[r]: no/r.md\n',
      ),
    ).toEqual(['no.md', 'a.md#b', '#own', '../README.md#no', 'no/r.md']);
  });

  it('are those that leave the repository', () => {
    expect(dead('[1](../../docs/a.md)')).toEqual(['../../docs/a.md']);
  });

  it('are not those to folders, lines of code, headings of their own or other machines', () => {
    expect(
      dead(
        '# Own\n\n[1](../docs/) [2](../src/x.ts#L3) [3](#own) [4](https://no.example/x#y) [5](mailto:a@b.c)',
      ),
    ).toEqual([]);
  });

  it('do not stand in code', () => {
    expect(dead('`[1](no.md)`\n\n```md\n[2](no.md)\n```\n\n``[3](no.md) ` ``\n')).toEqual([]);
  });
});

describe('anchors', () => {
  it('are what GitHub makes of headings', () => {
    const text =
      '# `npm start`\n\n## Für a [link](x.md), & you?\n\n## Twice\n\n## Twice\n\n```sh\n# none\n```\n';
    expect([...anchorsIn(text)]).toEqual(['npm-start', 'für-a-link--you', 'twice', 'twice-1']);
  });
});

describe('the pages of the repository', () => {
  const root = fileURLToPath(new URL('../../..', import.meta.url));
  const paths = globSync(['*.md', 'docs/**/*.md', '{apps,libs,tools}/*/*.md'], { cwd: root });
  const pages = paths.map((path) => page(path, readFileSync(join(root, path), 'utf8')));

  it('have no dead links', () => {
    expect(paths).toEqual(expect.arrayContaining(['README.md', 'docs/reference/errors.md']));
    expect(deadLinks(pages, (path) => existsSync(join(root, path)))).toEqual([]);
  });
});
