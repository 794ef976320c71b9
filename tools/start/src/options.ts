import { parseArgs } from 'node:util';
import { messageOf, StartError } from './errors.ts';

/** What the command line asks for. */
export interface Options {
  readonly help: boolean;
  /** End when the trace is there, with exit code 0 if it is complete. */
  readonly once: boolean;
  /** Run the apps that nobody changed for tracing, under the agent, with an instrumentation server. */
  readonly untraced: boolean;
  /** File with the task's text; the built-in sample when absent. */
  readonly file: string | undefined;
  /** Where the trace goes as a Zipkin v2 JSON list. */
  readonly out: string | undefined;
  /** Port of the client; the executor has the next one, the exporter the one after. */
  readonly portBase: number;
  /** Where a Zipkin is looked for, and where the viewer starts when there is none. */
  readonly viewerPort: number;
  /** The Zipkin to use, `http://HOST:PORT`; then none is looked for or started. */
  readonly zipkin: string | undefined;
}

export const DEFAULT_PORT_BASE = 3000;
const LAST_PORT_BASE = 65_533;
export const DEFAULT_VIEWER_PORT = 9411;

export const HELP = `npm start -- [options]

Builds the workspace, finds or starts RabbitMQ and a trace viewer, runs exporter, executor and client,
sends one task through them, prints its result, its trace and the link that opens it, and stays until
Ctrl-C.

  --once          end when the trace is there: exit code 0 if it is complete, the reason otherwise
  --untraced      run plain NestJS apps without any tracing in them; an instrumentation server and the agent trace them
  --file PATH     the text whose words are counted (default: a built-in sample)
  --out PATH      write the whole trace there, as a Zipkin v2 JSON list
  --port-base N   client on port N, executor on N+1, exporter on N+2 (default ${DEFAULT_PORT_BASE})
  --viewer-port N a Zipkin or trace viewer that answers on port N is used, unless another npm start's; else a viewer
                  starts there, or on the next free port (default ${DEFAULT_VIEWER_PORT})
  --zipkin URL    send spans to this Zipkin and start no viewer
  --help          this text
`;

/** Reads the command line. Throws DT_ERR_START_OPTION (exit code 2). */
export function parseOptions(args: readonly string[]): Options {
  const { values } = strictly(args);
  if (values.zipkin !== undefined && values['viewer-port'] !== undefined) {
    throw refusal('--zipkin and --viewer-port exclude each other, got both', 'Leave one out.');
  }
  return {
    help: values.help ?? false,
    once: values.once ?? false,
    untraced: values.untraced ?? false,
    file: pathOf('--file', values.file),
    out: pathOf('--out', values.out),
    portBase:
      portOf(values['port-base'], {
        option: '--port-base',
        last: LAST_PORT_BASE,
        advice: `Give one such as ${DEFAULT_PORT_BASE}; three ports from there on are used.`,
      }) ?? DEFAULT_PORT_BASE,
    viewerPort:
      portOf(values['viewer-port'], {
        option: '--viewer-port',
        last: 65_535,
        advice: `Give one such as ${DEFAULT_VIEWER_PORT}.`,
      }) ?? DEFAULT_VIEWER_PORT,
    zipkin: zipkinOf(values.zipkin),
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
        untraced: { type: 'boolean' },
        file: { type: 'string' },
        out: { type: 'string' },
        'port-base': { type: 'string' },
        'viewer-port': { type: 'string' },
        zipkin: { type: 'string' },
      },
    });
  } catch (cause) {
    throw refusal(
      `npm start takes --once, --untraced, --file PATH, --out PATH, --port-base N, --viewer-port N, --zipkin URL and --help, got: ${args.join(' ')}`,
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

function portOf(
  value: string | undefined,
  { option, last, advice }: { readonly option: string; readonly last: number; readonly advice: string },
): number | undefined {
  if (value === undefined) return undefined;
  const port = /^\d{1,5}$/.test(value) ? Number(value) : 0;
  if (port >= 1 && port <= last) return port;
  throw refusal(`${option} takes a whole number from 1 to ${last}, got '${value}'`, advice);
}

/** Its page is known by its origin; a path such as that of the page is not needed, and a password would be printed. */
function zipkinOf(value: string | undefined): string | undefined {
  if (value === undefined) return undefined;
  const url = URL.parse(value);
  const isPlain =
    url !== null &&
    ['http:', 'https:'].includes(url.protocol) &&
    ['', '/', '/zipkin', '/zipkin/'].includes(url.pathname) &&
    `${url.username}${url.password}${url.search}${url.hash}` === '';
  if (isPlain) return url.origin;
  throw refusal(
    `--zipkin takes a URL such as http://127.0.0.1:9411, without path and password, got '${value.replace(/\/\/[^@/]*@/, '//***@')}'`,
    'Give the address of the server.',
  );
}

/** Node's own message says which option it was, then explains how to escape dashes. */
const firstSentence = (cause: unknown): string =>
  `${messageOf(cause).split(/\.\s/)[0]?.replace(/\.$/, '')}. See npm start -- --help.`;

const refusal = (ruleAndCame: string, advice: string, cause?: unknown) =>
  new StartError('DT_ERR_START_OPTION', `${ruleAndCame}. ${advice}`, { exitCode: 2, cause });
