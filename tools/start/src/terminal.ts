import { styleText } from 'node:util';
import { StartError } from './errors.ts';

/** Where the runner speaks. */
export interface Terminal {
  readonly width: number;
  readonly colors: boolean;
  readonly unicode: boolean;
  /** One or more whole lines. */
  line(text?: string): void;
  /** Begins something that takes time. One at a time. */
  step(label: string): Step;
  bold(text: string): string;
  faint(text: string): string;
}

/** Something that takes time; what it says until it is done is shown beside it, or as lines where nothing moves. */
export interface Step {
  note(text: string): void;
  done(detail?: string): void;
  /** Default: what was noted last. */
  fail(why?: string): void;
}

/** The part of a stream that a terminal needs. */
export interface Output {
  readonly isTTY?: boolean;
  readonly columns?: number;
  hasColors?(): boolean;
  write(text: string): unknown;
}

/** Options of `createTerminal`. */
export interface TerminalOptions {
  readonly env: NodeJS.ProcessEnv;
  /** Milliseconds; default performance.now. */
  readonly now?: () => number;
  readonly every?: (callback: () => void, ms: number) => () => void;
}

const FRAMES = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'] as const;
const ASCII_FRAMES = ['|', '/', '-', '\\'] as const;
const LABEL_WIDTH = 10;
const ERASE_LINE = '\r\u001B[2K';

const interval = (callback: () => void, ms: number) => {
  const timer = setInterval(callback, ms).unref();
  return () => clearInterval(timer);
};

/** A terminal on a stream: a spinner where it is a TTY, plain lines elsewhere; NO_COLOR is obeyed. */
export function createTerminal(
  output: Output,
  { env, now = () => performance.now(), every = interval }: TerminalOptions,
): Terminal {
  const isTty = output.isTTY === true && env['TERM'] !== 'dumb';
  const colors = isTty && (env['NO_COLOR'] ?? '') === '' && output.hasColors?.() !== false;
  // The console of a Linux machine without a desktop has neither braille nor blocks.
  const unicode = env['TERM'] !== 'linux';
  const paint = (style: Parameters<typeof styleText>[0], text: string) =>
    colors ? styleText(style, text, { validateStream: false }) : text;
  const width = output.columns ?? 120;
  const frames = unicode ? FRAMES : ASCII_FRAMES;
  const write = (text: string) => void output.write(text);

  const row = (mark: string, label: string, detail: string, time: string) =>
    ` ${mark} ${label.padEnd(LABEL_WIDTH)} ${detail}${time === '' ? '' : `  ${paint('dim', time)}`}`;

  return {
    width,
    colors,
    unicode,
    line: (text = '') => write(`${text}\n`),
    bold: (text) => paint('bold', text),
    faint: (text) => paint('dim', text),
    step(label) {
      const start = now();
      let frame = 0;
      let noted = '';
      const draw = () => {
        // A wrapped line could not be erased.
        const room = Math.max(0, width - LABEL_WIDTH - 6);
        const text = row(
          paint('cyan', frames[frame % frames.length]!),
          label,
          paint('dim', noted.slice(0, room)),
          '',
        );
        write(`${ERASE_LINE}${text}`);
        frame += 1;
      };
      if (isTty) draw();
      const halt = isTty ? every(draw, 80) : () => undefined;
      const end = (mark: string, detail: string) => {
        halt();
        write(`${isTty ? ERASE_LINE : ''}${row(mark, label, detail, elapsed(now() - start))}\n`);
      };
      return {
        note(text) {
          noted = text.split('\n')[0] ?? '';
          if (isTty) draw();
          else write(`   ${label.padEnd(LABEL_WIDTH)} ${noted}\n`);
        },
        done: (detail = '') => end(paint('green', unicode ? '✓' : '+'), detail),
        fail: (why = noted) => end(paint('red', unicode ? '✗' : 'x'), why),
      };
    },
  };
}

/** `0.4 s`, `12 s`, `2 min 3 s`. */
export function elapsed(ms: number): string {
  const seconds = ms / 1_000;
  if (seconds < 9.95) return `${seconds.toFixed(1)} s`;
  const whole = Math.round(seconds);
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`;
}

/** Shows a step around work; the work says what stands beside the mark. */
export async function during<T>(
  step: Step,
  work: (step: Step) => Promise<{ readonly value: T; readonly detail: string }>,
): Promise<T> {
  try {
    const { value, detail } = await work(step);
    step.done(detail);
    return value;
  } catch (error) {
    failed(step, error);
    throw error;
  }
}

/** Ends a step that did not come to its end; one that a person interrupted did nothing wrong. */
export function failed(step: Step, error: unknown): void {
  const isInterrupt = error instanceof StartError && error.code === 'DT_ERR_START_INTERRUPTED';
  step.fail(isInterrupt ? 'interrupted' : undefined);
}
