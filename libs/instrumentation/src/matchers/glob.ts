import { Minimatch, minimatch } from 'minimatch';

const OPTIONS = { dot: true, nonegate: true, nocomment: true, platform: 'linux' } as const;
const MAX_BRACES = 1000;
/** Each further one multiplies the time that a process may need for one path; what is between them is widened. */
const MAX_STARS = 2;
const ANY_NAME = '[^/]*';
const compiled = new Map<string, Minimatch>();

/** Whether a path (inside its package, `/` between names) lies in a glob. */
export function globMatches(glob: string, path: string): boolean {
  let matcher = compiled.get(glob);
  if (matcher === undefined) {
    matcher = new Minimatch(trimmed(glob), OPTIONS);
    compiled.set(glob, matcher);
  }
  return matcher.match(path);
}

/**
 * Source of a regular expression without flags that lets through every path the glob matches, and perhaps more: the
 * process decides with it, without a glob library. Character classes, extended globs and many stars are widened, so
 * that no glob takes a process long.
 */
export function globPattern(glob: string): string {
  const alternatives = minimatch.braceExpand(trimmed(glob), OPTIONS).map(expandedPattern);
  return `^(?:${[...new Set(alternatives)].join('|')})$`;
}

function trimmed(glob: string): string {
  return glob.replace(/^(?:\.\/+)+/, '');
}

function expandedPattern(glob: string): string {
  const segments = glob.split('/').filter((segment, i, all) => segment !== '**' || all[i - 1] !== '**');
  const first = segments.indexOf('**');
  const last = segments.lastIndexOf('**');
  if (segments.filter((segment) => segment === '**').length <= MAX_STARS) return joinedPattern(segments);
  return joinedPattern([...segments.slice(0, first), ...segments.slice(last)]);
}

function joinedPattern(segments: readonly string[]): string {
  return segments
    .map((segment, i) => {
      const last = i === segments.length - 1;
      if (segment === '**') return last ? '[^]*' : '(?:[^/]+/)*';
      return segmentPattern(segment) + (last ? '' : '/');
    })
    .join('');
}

function segmentPattern(segment: string): string {
  if (/[?*+@!]\(|\\/.test(segment)) return ANY_NAME;
  const parts = segment.match(/\[[^\]]*\]|[^[]/gu);
  if (parts === null || parts.join('') !== segment || /\[[\]!^:]|\[\[/.test(segment)) return ANY_NAME;
  const first = parts.indexOf('*');
  const last = parts.lastIndexOf('*');
  const few = parts.filter((part) => part === '*').length <= MAX_STARS;
  return (few ? parts : [...parts.slice(0, first), ...parts.slice(last)])
    .map((part) => {
      if (part === '*') return ANY_NAME;
      // One character may be two UTF-16 units.
      if (part === '?' || part.startsWith('[')) return '[^/]{1,2}';
      return part.replace(/[\\^$.|?*+(){}[\]/]/g, String.raw`\$&`);
    })
    .join('');
}

/** What is wrong with a glob, as the end of a sentence; undefined for a good one. */
export function globProblem(glob: string): string | undefined {
  if (glob.startsWith('!')) return 'it starts with !; use inFile(…).not()';
  if (glob.startsWith('/') || /^[A-Za-z]:/.test(glob)) {
    return 'it is an absolute path; start at the folder of package.json, as in src/*.js';
  }
  if (glob.includes('\\')) return 'it has a backslash; write / between names';
  if (glob.endsWith('/')) return `it names a folder; write ${glob}** for all files in it`;
  if (glob.split('/').includes('..'))
    return 'it leaves the package by ..; name that package with inPackage()';
  for (const [open, close] of ['{}', '[]', '()'] as const) {
    if (glob.split(open!).length !== glob.split(close!).length) return `${open} and ${close} do not pair up`;
  }
  try {
    if (minimatch.braceExpand(glob, { braceExpandMax: MAX_BRACES + 1 }).length > MAX_BRACES) {
      return `its braces stand for more than ${MAX_BRACES} globs`;
    }
    globMatches(glob, 'x');
  } catch (error) {
    return `it cannot be read as one (${error instanceof Error ? error.message : String(error)})`;
  }
  return undefined;
}
