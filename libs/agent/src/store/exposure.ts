import { readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** What is looked at of a folder. */
export interface FolderFacts {
  readonly uid: number;
  readonly mode: number;
  isDirectory(): boolean;
}

export interface ExposureOptions {
  /** Of this process. None on a system without users: there nothing is looked at. */
  readonly uid?: number;
  readonly stat?: (path: string) => FolderFacts;
  readonly realPath?: (path: string) => string;
  /** Who seems to own what is of nobody in here, such as root of the host; undefined where all users are in here. */
  readonly outsider?: () => number | undefined;
}

const OTHERS = 0o077;
const OTHERS_WRITE = 0o022;
const STICKY = 0o1000;

/**
 * Why other users could read or change a folder, or put another one in its place; undefined when they cannot. It must
 * be of this user and closed to others, and each folder above it of this user or root and not writable for others,
 * unless it is sticky as `/tmp` is.
 */
export function exposureOf(
  path: string,
  {
    uid = process.getuid?.(),
    stat = statSync,
    realPath = realpathSync,
    outsider = outsiderHere,
  }: ExposureOptions = {},
): string | undefined {
  const folder = realPath(path);
  const facts = stat(folder);
  if (!facts.isDirectory()) return `no folder at ${JSON.stringify(path)}`;
  if (uid === undefined) return undefined;
  if (facts.uid !== uid) return `a folder of user ${facts.uid} at ${JSON.stringify(path)}`;
  if ((facts.mode & OTHERS) !== 0)
    return `a folder with mode ${octal(facts.mode)} at ${JSON.stringify(path)}`;
  return replaceable(dirname(folder), (owner) => owner === uid || owner === 0 || owner === outsider(), stat);
}

/** The first folder, upward from this one, in which others could swap what is below. */
function replaceable(
  from: string,
  isTrusted: (owner: number) => boolean,
  stat: (path: string) => FolderFacts,
): string | undefined {
  for (let folder = from; ; folder = dirname(folder)) {
    const { uid: owner, mode } = stat(folder);
    if (!isTrusted(owner)) return `one inside ${JSON.stringify(folder)}, which is of user ${owner}`;
    if ((mode & OTHERS_WRITE) !== 0 && (mode & STICKY) === 0) {
      return `one inside ${JSON.stringify(folder)}, which has mode ${octal(mode)}`;
    }
    if (folder === dirname(folder)) return undefined;
  }
}

/** In a container without root of its own even `/` is of nobody whom it knows. */
function outsiderHere(): number | undefined {
  try {
    const [inside, outside, count] = readFileSync('/proc/self/uid_map', 'utf8')
      .trim()
      .split(/\s+/)
      .map(Number);
    const isWhole = inside === 0 && outside === 0 && count === 0xffff_ffff;
    return isWhole ? undefined : Number(readFileSync('/proc/sys/kernel/overflowuid', 'utf8'));
  } catch {
    return undefined;
  }
}

function octal(mode: number): string {
  return (mode & 0o7777).toString(8);
}
