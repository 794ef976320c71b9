import { parseArgs } from 'node:util';
import { messageOf, StartError } from './errors.ts';

/** What the command line asks for. */
export interface Options {
  readonly help: boolean;
  /** End when the trace is there, with exit code 0 if it is complete. */
  readonly once: boolean;
  /** File with the task's text; the built-in sample when absent. */
  readonly file: string | undefined;
  /** Where the trace goes as a Zipkin v2 JSON list. */
  readonly out: string | undefined;
  /** Port of the client; the executor has the next one, the exporter the one after. */
  readonly portBase: number;
}

export const DEFAULT_PORT_BASE = 3000;
const LAST_PORT_BASE = 65_533;

export const HELP = `npm start -- [options]

Builds the workspace, finds or starts RabbitMQ, runs exporter, executor and client, sends one task
through them, prints its result and its trace, and stays until Ctrl-C.

  --once          end when the trace is there: exit code 0 if it is complete, the reason otherwise
  --file PATH     the text whose words are counted (default: a built-in sample)
  --out PATH      write the whole trace there, as a Zipkin v2 JSON list
  --port-base N   client on port N, executor on N+1, exporter on N+2 (default ${DEFAULT_PORT_BASE})
  --help          this text
`;

/** Reads the command line. Throws DT_ERR_START_OPTION (exit code 2). */
export function parseOptions(args: readonly string[]): Options {
  const { values } = strictly(args);
  return {
    help: values.help ?? false,
    once: values.once ?? false,
    file: pathOf('--file', values.file),
    out: pathOf('--out', values.out),
    portBase: portBaseOf(values['port-base']),
  };
}

function strictly(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      strict: true,
      allowPositionals: false,
      options: {
        help: { type: 'boolean', short: 'h' },
        once: { type: 'boolean' },
        file: { type: 'string' },
        out: { type: 'string' },
        'port-base': { type: 'string' },
      },
    });
  } catch (cause) {
    throw refusal(
      `npm start takes --once, --file PATH, --out PATH, --port-base N and --help, got: ${args.join(' ')}`,
      firstSentence(cause),
      cause,
    );
  }
}

function pathOf(option: string, value: string | undefined): string | undefined {
  if (value !== '') return value;
  throw refusal(
    `${option} takes the path of a file, got an empty text`,
    `Give a path, or leave ${option} out.`,
  );
}

function portBaseOf(value: string | undefined): number {
  if (value === undefined) return DEFAULT_PORT_BASE;
  const port = /^\d{1,5}$/.test(value) ? Number(value) : 0;
  if (port >= 1 && port <= LAST_PORT_BASE) return port;
  throw refusal(
    `--port-base takes a whole number from 1 to ${LAST_PORT_BASE}, got '${value}'`,
    `Give one such as ${DEFAULT_PORT_BASE}; three ports from there on are used.`,
  );
}

/** Node's own message says which option it was, then explains how to escape dashes. */
const firstSentence = (cause: unknown): string =>
  `${messageOf(cause).split(/\.\s/)[0]?.replace(/\.$/, '')}. See npm start -- --help.`;

const refusal = (ruleAndCame: string, advice: string, cause?: unknown) =>
  new StartError('DT_ERR_START_OPTION', `${ruleAndCame}. ${advice}`, { exitCode: 2, cause });
