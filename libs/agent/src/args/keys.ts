/** One argument of the agent, the row of the table in `docs/reference/agent.md`. */
export interface ArgKey {
  readonly name: string;
  /** Names of the thesis and of the JVM's agent that mean the same. */
  readonly aliases?: readonly string[];
  /** As text; undefined: none, or derived. */
  readonly default?: string;
  /** What it takes, as the messages say it. */
  readonly takes: string;
}

export const ARG_KEYS = [
  {
    name: 'connection',
    aliases: ['connection_str'],
    default: 'ipc',
    takes: 'ipc, host:port, https://host:port, unix:/path or file:/path/of/a.pack',
  },
  {
    name: 'server_entry',
    aliases: ['instrumentor_server_jar'],
    takes: 'the path of the main file of an instrumentation server',
  },
  {
    name: 'server_main',
    aliases: ['instrumentor_main_class'],
    takes: 'the file to run when server_entry is a folder',
  },
  {
    name: 'extensions',
    aliases: ['instrumentor_server_cp'],
    takes: 'packages and folders (./name or /path) of extensions, separated by commas',
  },
  { name: 'service', takes: 'a name of 1 to 128 letters, digits and . _ - / @' },
  {
    name: 'span_exporter',
    takes: 'name or name(arguments), such as directZipkin(localhost:9411) or disk(spans)',
  },
  { name: 'stack_traces', default: 'false', takes: 'true or false' },
  { name: 'timeout_ms', default: '300', takes: 'a whole number from 1 to 60000' },
  { name: 'on_error', default: 'passthrough', takes: 'passthrough or fail' },
  { name: 'token', takes: 'the text that the server knows this agent by' },
  { name: 'public_key', takes: 'one or more public keys or @files of them, separated by commas' },
  { name: 'verify', takes: 'parse or signature' },
  { name: 'upload', default: 'marked', takes: 'marked or never' },
  { name: 'insecure', default: 'false', takes: 'true or false' },
  { name: 'cache_dir', takes: 'a folder that belongs to this user alone' },
  { name: 'ignore', takes: 'package names, separated by commas' },
  { name: 'poll_interval_ms', takes: 'a whole number from 100 to 86400000, or 0 for never' },
  { name: 'exit_flush_ms', default: '300', takes: 'a whole number from 0 to 10000' },
  { name: 'process_facts', default: 'false', takes: 'true or false' },
  { name: 'log_level', default: 'warn', takes: 'trace, debug, info, warn, error or off' },
  { name: 'log_dir', takes: 'a folder for the log' },
  { name: 'dump_dir', aliases: ['class_output_dir'], takes: 'a folder for woven code' },
  { name: 'config_file', takes: 'the path of a file of key=value lines' },
] as const satisfies readonly ArgKey[];

export type ArgName = (typeof ARG_KEYS)[number]['name'];

const KEY_OF = new Map<string, ArgName>(
  ARG_KEYS.flatMap((key) =>
    [key.name, ...('aliases' in key ? key.aliases : [])].map((name) => [name, key.name] as const),
  ),
);

/** The argument of a name or alias; undefined when there is none. */
export function argNamed(name: string): ArgName | undefined {
  return KEY_OF.get(name);
}

/** All names and aliases. */
export function argNames(): readonly string[] {
  return [...KEY_OF.keys()];
}

/** What the argument takes, for messages. */
export function takesOf(name: ArgName): string {
  return ARG_KEYS.find((key) => key.name === name)?.takes ?? '';
}
