import { describe, expect, it } from 'vitest';
import { exposureOf } from './exposure.js';

const ME = 1000;

/** Folders by path: owner and mode. */
function look(
  folders: Readonly<Record<string, readonly [uid: number, mode: number]>>,
  path: string,
  outsider?: number,
) {
  return exposureOf(path, {
    uid: ME,
    outsider: () => outsider,
    realPath: (asked) => asked.replace(/^\/link/, '/real'),
    stat: (asked) => {
      const [uid, mode] = folders[asked] ?? [0, 0o755];
      return { uid, mode, isDirectory: () => true };
    },
  });
}

describe('a private folder', () => {
  it('is closed when it is mine alone below folders of mine and of root', () => {
    expect(look({ '/home/me': [ME, 0o755], '/home/me/d': [ME, 0o700] }, '/home/me/d')).toBeUndefined();
  });

  it('may lie in a folder that all may write to and only owners may take from', () => {
    expect(look({ '/tmp': [0, 0o1777], '/tmp/d': [ME, 0o700] }, '/tmp/d')).toBeUndefined();
  });

  it('may lie below folders of nobody in a container, as long as nobody in it can change them', () => {
    const folders = { '/': [65_534, 0o755], '/d': [ME, 0o700] } as const;
    expect(look(folders, '/d', 65_534)).toBeUndefined();
    expect(look(folders, '/d')).toMatch(/of user 65534/);
    expect(look({ ...folders, '/': [65_534, 0o777] }, '/d', 65_534)).toMatch(/mode 777/);
  });

  it.each<[string, Readonly<Record<string, readonly [number, number]>>, string, RegExp]>([
    ['is of another user', { '/d': [7, 0o700] }, '/d', /^a folder of user 7 at "\/d"$/],
    ['is of root', { '/d': [0, 0o700] }, '/d', /^a folder of user 0/],
    ['is open to its group', { '/d': [ME, 0o750] }, '/d', /^a folder with mode 750 at "\/d"$/],
    ['is open to all', { '/d': [ME, 0o701] }, '/d', /^a folder with mode 701/],
    [
      'has a parent that all may write to',
      { '/a': [ME, 0o777], '/a/d': [ME, 0o700] },
      '/a/d',
      /^one inside "\/a", which has mode 777$/,
    ],
    [
      'has a parent that a group may write to',
      { '/a': [0, 0o775], '/a/d': [ME, 0o700] },
      '/a/d',
      /^one inside "\/a", which has mode 775$/,
    ],
    [
      'has an ancestor of another user, though all below is closed',
      { '/a': [7, 0o755], '/a/b': [ME, 0o700], '/a/b/d': [ME, 0o700] },
      '/a/b/d',
      /^one inside "\/a", which is of user 7$/,
    ],
    [
      'is reached by a link into a place that is open',
      { '/real': [ME, 0o777], '/real/d': [ME, 0o700] },
      '/link/d',
      /^one inside "\/real"/,
    ],
  ])('is not closed when it %s', (_, folders, path, why) => {
    expect(look(folders, path)).toMatch(why);
  });
});
