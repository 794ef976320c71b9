/** From these versions of a line on; as package.json's `engines` says it. */
const LINES: readonly (readonly [major: number, minor: number, patch: number])[] = [
  [22, 22, 3],
  [24, 15, 0],
];
/** Every line from here on. */
const NEWEST_MAJOR = 26;

/**
 * Why this version of Node will not do, in one line; undefined when it will. To be asked before anything else is
 * imported: an older one fails over the first module that it does not have, with words that help nobody.
 */
export function nodeProblem(name: string, version: string): string | undefined {
  const [major = 0, minor = 0, patch = 0] = version
    .replace(/^v/, '')
    .split('.')
    .map((part) => parseInt(part, 10));
  const isGood =
    major >= NEWEST_MAJOR ||
    LINES.some(([line, from, fix]) => major === line && (minor > from || (minor === from && patch >= fix)));
  if (isGood) return undefined;
  const lines = LINES.map((line) => `${line.join('.')} or later of ${line[0]}`).join(', ');
  return `${name} needs Node ${lines}, or ${NEWEST_MAJOR} or later, got ${version}. Start it with one of these.`;
}
