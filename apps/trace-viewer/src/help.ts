/** What `--help` prints: the variables as the reference has them. */
export function helpText(): string {
  const width = Math.max(...VARIABLES.map(([name]) => name.length)) + 2;
  return [
    'Usage: node dist/main.js',
    '',
    'It takes no arguments. What it is told comes in environment variables:',
    '',
    ...VARIABLES.map(([name, help]) => `  ${name.padEnd(width)}${help}`),
    '',
    'docs/reference/trace-viewer.md has the details.',
  ].join('\n');
}

/** Why these arguments cannot be taken, in one line; undefined when there are none. */
export function argumentProblem(argv: readonly string[]): string | undefined {
  const [first] = argv;
  if (first === undefined) return undefined;
  return `trace-viewer takes no arguments but --help, got ${JSON.stringify(first)}. Settings are environment variables: --help lists them.`;
}

export const VARIABLES: readonly (readonly [name: string, help: string])[] = [
  ['PORT', 'where to listen; 0 takes a free one; default QUERY_PORT, else 9411'],
  ['HOST', 'default 127.0.0.1; beyond this machine nobody is asked who they are'],
  ['MEM_MAX_SPANS', 'spans that are kept; default 500000'],
  ['DISTRACE_VIEWER_MAX_BYTES', 'memory that traces take, estimated; default 256 MiB'],
  ['DISTRACE_VIEWER_FILE', 'SQLite file in which spans outlive the process; default none'],
  ['STRICT_TRACE_ID', 'false: the low 64 bits of a trace id tell traces apart; default true'],
  ['AUTOCOMPLETE_KEYS', 'tags, separated by commas, whose values can be listed'],
  ['QUERY_LOOKBACK', 'milliseconds that a search looks back; default 24 hours'],
  ['DISTRACE_VIEWER_MAX_BODY_BYTES', 'of a body, unpacked; default 5 MiB'],
  ['DISTRACE_VIEWER_ALLOWED_HOSTS', 'further host names to answer under; * for any'],
  ['DISTRACE_VIEWER_ALLOWED_ORIGINS', 'origins of other pages that may read and send; * for any'],
  ['RABBIT_ADDRESSES', 'host:port, separated by commas: read spans from a queue there'],
  ['RABBIT_URI', 'the same as a URL; goes before the others'],
  ['RABBIT_USER', 'default guest'],
  ['RABBIT_PASSWORD', 'default guest'],
  ['RABBIT_VIRTUAL_HOST', 'default /'],
  ['RABBIT_USE_SSL', 'true for amqps; default false'],
  ['RABBIT_QUEUE', 'default zipkin'],
  ['RABBIT_PREFETCH', 'messages that are not acknowledged yet; default 10'],
];
