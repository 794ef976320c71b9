/** Whose code a frame is: the application's, a package's, Node's own, or not to be said. */
export type FrameOrigin = 'app' | 'package' | 'node' | 'unknown';

/** One line of a stack. */
export interface Frame {
  /** As it came; a very long one is cut. */
  readonly text: string;
  readonly origin: FrameOrigin;
  /** The function; absent for code outside of one. */
  readonly call?: string;
  /** File or address with its line and column. */
  readonly place?: string;
  /** Of a package's frame. */
  readonly packageName?: string;
}

/** A stack: what stands above the frames (an error's message), and the frames. */
export interface Stack {
  readonly head: string;
  readonly frames: readonly Frame[];
}

/** Neighbouring frames that are shown or folded together. */
export interface FrameRun {
  readonly isApp: boolean;
  readonly frames: readonly Frame[];
}

/** Nobody reads more, and each frame is a line of the page. */
const MAX_FRAMES = 1000;
/** No path is as long. */
const MAX_LINE = 2000;
const PLACE = /^(?:file:|node:|webpack:|https?:|[a-z]:\\|\/|\.{1,2}\/|<anonymous>|native|index\s)/i;
const GECKO_PLACE = /(?:file|https?|node|webpack|\/)/y;
const LINE_NUMBER = /:\d+(?::\d+)?$/;
const NODE_MODULES = '/node_modules/';

/** Takes a stack apart, in the forms of V8, Firefox and Safari. Lines that are no frame and stand below one belong
 * to nobody (`unknown`); text without any frame is all head. Takes time in proportion to the text, whatever it is. */
export function parseStack(text: string): Stack {
  const head: string[] = [];
  const frames: Frame[] = [];
  const lines = text.split(/\r?\n/);
  for (const [index, line] of lines.entries()) {
    if (frames.length >= MAX_FRAMES) {
      frames.push({ text: `… and ${lines.length - index} lines more`, origin: 'unknown' });
      break;
    }
    const frame = line.length > MAX_LINE ? longFrame(line) : parseFrame(line.trim());
    if (frame) frames.push(frame);
    else if (frames.length === 0) head.push(line);
    else if (line.trim() !== '') frames.push({ text: cut(line), origin: 'unknown' });
  }
  return { head: head.join('\n').trim(), frames };
}

/** Joins neighbouring frames of the application, and neighbouring others. A stack without a frame of the
 * application is shown whole: folding all of it would leave nothing. */
export function runsOf(frames: readonly Frame[]): FrameRun[] {
  const hasApp = frames.some(({ origin }) => origin === 'app');
  const runs: { isApp: boolean; frames: Frame[] }[] = [];
  for (const frame of frames) {
    const isApp = !hasApp || frame.origin === 'app' || frame.origin === 'unknown';
    const last = runs.at(-1);
    if (last?.isApp === isApp) last.frames.push(frame);
    else runs.push({ isApp, frames: [frame] });
  }
  return runs;
}

/** What a folded run is called: whose frames it holds. */
export function runTitle({ frames }: FrameRun): string {
  const names = new Set(
    frames.map(({ packageName, origin }) => packageName ?? (origin === 'node' ? 'node' : 'other')),
  );
  const [first, second, ...rest] = names;
  const who =
    rest.length > 0
      ? `${first}, ${second} and ${rest.length} more`
      : [first, second].filter(Boolean).join(', ');
  return `${frames.length} ${frames.length === 1 ? 'frame' : 'frames'} of ${who}`;
}

/** A line too long to be taken apart; it is told by its first word. */
function longFrame(line: string): Frame | undefined {
  const start = line.slice(0, MAX_LINE).trimStart();
  return /^at\s/.test(start) ? { text: cut(line.trimStart()), origin: 'unknown' } : undefined;
}

function cut(text: string): string {
  return text.length > MAX_LINE
    ? `${text.slice(0, MAX_LINE)}… ${text.length - MAX_LINE} characters more`
    : text;
}

/** No expression here has two parts that could take the same characters: such a one took minutes for one line. */
function parseFrame(line: string): Frame | undefined {
  if (!/^at\s/.test(line)) return parseGecko(line);
  const body = line.slice(2).trimStart();
  const code = /^async\s/.test(body) ? body.slice(5).trimStart() : body;
  const callEnd = code.endsWith(')') ? code.search(/\s\(/) : -1;
  if (callEnd >= 0) {
    return frameOf(line, code.slice(code.indexOf('(', callEnd) + 1, -1), code.slice(0, callEnd).trimEnd());
  }
  return PLACE.test(code) ? frameOf(line, code) : { text: line, origin: 'unknown', call: body };
}

/** Firefox and Safari: `function@place:line:column`. */
function parseGecko(line: string): Frame | undefined {
  if (!LINE_NUMBER.test(line)) return undefined;
  for (let at = line.indexOf('@'); at >= 0; at = line.indexOf('@', at + 1)) {
    GECKO_PLACE.lastIndex = at + 1;
    if (GECKO_PLACE.test(line)) return frameOf(line, line.slice(at + 1), line.slice(0, at) || undefined);
  }
  return undefined;
}

function frameOf(text: string, place: string, call?: string): Frame {
  const packageName = packageOf(place);
  return {
    text,
    origin: originOf(place, packageName),
    ...(call !== undefined && call !== '' && { call }),
    place: place.replace(/^file:\/\//, ''),
    ...(packageName !== undefined && { packageName }),
  };
}

/** The innermost package of a path. */
function packageOf(place: string): string | undefined {
  const path = place.replaceAll('\\', '/');
  const at = path.lastIndexOf(NODE_MODULES);
  if (at < 0) return undefined;
  const [scope = '', name = ''] = path.slice(at + NODE_MODULES.length).split('/', 2);
  return (scope.startsWith('@') && name !== '' ? `${scope}/${name}` : scope) || undefined;
}

function originOf(place: string, packageName: string | undefined): FrameOrigin {
  if (packageName !== undefined) return 'package';
  if (/^node:|^internal\/|^native$|^<anonymous>$|^index \d/.test(place)) return 'node';
  return 'app';
}
