/** Whose code a frame is: the application's, a package's, Node's own, or not to be said. */
export type FrameOrigin = 'app' | 'package' | 'node' | 'unknown';

/** One line of a stack. */
export interface Frame {
  /** As it came. */
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

const V8_FRAME = /^\s*(?:at\s+)(.*)$/;
const WITH_CALL = /^(?:async\s+)?(.*?)\s+\((.*)\)$/;
const BARE_PLACE =
  /^(?:async\s+)?((?:file:|node:|webpack:|https?:|[a-z]:\\|\/|\.{0,2}\/|<anonymous>|native|index\s).*)$/i;
const GECKO_FRAME = /^(.*?)@((?:file|https?|node|webpack|\/).*:\d+(?::\d+)?)$/;
const PACKAGE = /[\\/]node_modules[\\/]((?:@[^\\/]+[\\/])?[^\\/]+)(?!.*[\\/]node_modules[\\/])/;

/** Takes a stack apart, in the forms of V8, Firefox and Safari. Lines that are no frame and stand below one belong
 * to nobody (`unknown`); text without any frame is all head. */
export function parseStack(text: string): Stack {
  const head: string[] = [];
  const frames: Frame[] = [];
  for (const line of text.split(/\r?\n/)) {
    const frame = parseFrame(line);
    if (frame) frames.push(frame);
    else if (frames.length === 0) head.push(line);
    else if (line.trim() !== '') frames.push({ text: line, origin: 'unknown' });
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

function parseFrame(line: string): Frame | undefined {
  const v8 = V8_FRAME.exec(line)?.[1];
  if (v8 !== undefined) {
    const withCall = WITH_CALL.exec(v8);
    if (withCall) return frameOf(line, withCall[2]!, withCall[1]!);
    const bare = BARE_PLACE.exec(v8);
    return bare ? frameOf(line, bare[1]!) : { text: line.trim(), origin: 'unknown', call: v8 };
  }
  const gecko = GECKO_FRAME.exec(line.trim());
  return gecko ? frameOf(line, gecko[2]!, gecko[1] || undefined) : undefined;
}

function frameOf(text: string, place: string, call?: string): Frame {
  const packageName = PACKAGE.exec(place)?.[1]?.replace('\\', '/');
  return {
    text: text.trim(),
    origin: originOf(place, packageName),
    ...(call !== undefined && call !== '' && { call }),
    place: place.replace(/^file:\/\//, ''),
    ...(packageName !== undefined && { packageName }),
  };
}

function originOf(place: string, packageName: string | undefined): FrameOrigin {
  if (packageName !== undefined) return 'package';
  if (/^node:|^internal\/|^native$|^<anonymous>$|^index \d/.test(place)) return 'node';
  return 'app';
}
