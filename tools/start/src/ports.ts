/** The three apps, in the order in which they start. */
export const APP_NAMES = ['exporter', 'executor', 'client'] as const;
export type AppName = (typeof APP_NAMES)[number];

/** What a run starts: the apps; where no Zipkin is found, a trace viewer; with --untraced the instrumentation server. */
export type ProcessName = 'viewer' | 'weaver' | AppName;

/** The apps in the order of their ports from the base. */
const BY_PORT = ['client', 'executor', 'exporter'] as const satisfies readonly AppName[];

/** Finds a free port of 127.0.0.1, the first from `from` on. */
export type FindPort = (options: { readonly from: number }) => Promise<number>;

/** A port per app, and a line for each that could not have its own. */
export interface Ports {
  readonly of: Readonly<Record<AppName, number>>;
  readonly notes: readonly string[];
}

/** Client on `base`, executor on the next, exporter on the one after; a taken port is stepped over. */
export async function choosePorts(base: number, findPort: FindPort): Promise<Ports> {
  const wanted = BY_PORT.map((name, index) => ({ name, port: base + index }));
  const used = new Set<number>();
  const notes: string[] = [];
  const of: Partial<Record<AppName, number>> = {};
  for (const { name, port } of wanted) {
    // The places of the other two stay theirs while they may still want them.
    const kept = new Set([...used, ...wanted.filter((one) => one.name !== name).map((one) => one.port)]);
    of[name] = await findUnused(port, kept, findPort);
    used.add(of[name]);
    if (of[name] !== port) notes.push(portNote(name, port, of[name]));
  }
  return { of: of as Record<AppName, number>, notes };
}

/** A port for a process that lost its own between the choice and the start. */
export async function anotherPort(
  taken: number,
  used: ReadonlySet<number>,
  findPort: FindPort,
): Promise<number> {
  return findUnused(taken + 1, used, findPort);
}

/** What to say when a process does not get the port it should have. */
export const portNote = (name: ProcessName, wanted: number, got: number) =>
  `port ${wanted} is taken${wanted < 1024 ? ' or not permitted' : ''}, so the ${name} uses ${got}`;

async function findUnused(from: number, used: ReadonlySet<number>, findPort: FindPort): Promise<number> {
  let port = await findPort({ from });
  while (used.has(port)) port = await findPort({ from: port + 1 });
  return port;
}
