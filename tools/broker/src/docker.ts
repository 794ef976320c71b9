import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkAmqp } from './amqp-check.ts';
import { parseAmqpUrl } from './amqp-url.ts';
import type { Broker } from './broker.ts';
import { BrokerError } from './errors.ts';
import { poll } from './poll.ts';
import { run } from './run.ts';
import type { RunResult } from './run.ts';

const service = 'rabbitmq';
const composeFiles = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'] as const;
const pullTimeoutMs = 600_000;
const startTimeoutMs = 90_000;

/** The root of this repository, where its compose file stands. */
export const repositoryFolder: string = fileURLToPath(new URL('../../..', import.meta.url));

/** Runs `docker` with these arguments. */
export type Docker = (args: readonly string[], timeoutMs: number) => Promise<RunResult>;

/** `HOST:PORT` of `docker compose port` as one that a client can reach. */
export function reachableAddress(published: string): string | undefined {
  const match = /^(.*):(\d+)$/m.exec(published.trim());
  if (match == null || match[2] === '0') return undefined;
  const host = match[1] === '0.0.0.0' || match[1] === '[::]' ? '127.0.0.1' : match[1];
  return `${host}:${match[2]}`;
}

/**
 * The service `rabbitmq` of the compose file in `folder`, started if it does not run; `stop()` stops it only
 * then. Resolves to a text that says why not where there is no engine or no file; throws DT_ERR_DOCKER.
 */
export async function startDockerBroker(options: {
  readonly log: (line: string) => void;
  readonly signal?: AbortSignal;
  readonly folder?: string;
  readonly docker?: Docker;
}): Promise<Broker | string> {
  const { log, signal, folder = repositoryFolder } = options;
  const docker: Docker =
    options.docker ?? ((args, timeoutMs) => run('docker', args, { timeoutMs, cwd: folder, signal }));

  if (!composeFiles.some((name) => existsSync(join(folder, name)))) return 'no compose file for Docker';
  const info = await docker(['info', '--format', '{{.ServerVersion}}'], 10_000);
  if (info.code !== 0) return 'no Docker engine answers';

  const running = await docker(['compose', 'ps', '--status', 'running', '-q', service], 20_000);
  const ranBefore = running.code === 0 && running.output.trim() !== '';
  const stop = async () => {
    // Not with `signal`: an aborted start must still be taken back.
    if (!ranBefore) await (options.docker ?? dockerIn(folder))(['compose', 'stop', service], 60_000);
  };
  try {
    log('docker compose up -d rabbitmq (the first time this loads the image)');
    await must(docker(['compose', 'up', '-d', service], pullTimeoutMs), 'docker compose up -d rabbitmq');
    const published = await must(docker(['compose', 'port', service, '5672'], 20_000), 'docker compose port');
    const address = reachableAddress(published);
    if (address == null) throw dockerError('publish port 5672 on 127.0.0.1', published);
    const url = `amqp://guest:guest@${address}`;
    const answers = async () => (await checkAmqp(parseAmqpUrl(url), { timeoutMs: 2_000 })).kind === 'ok';
    if (!(await poll(answers, { withinMs: startTimeoutMs, everyMs: 250, signal }))) {
      throw dockerError(`let guest log in at ${address} within ${startTimeoutMs / 1000} s`, 'no login');
    }
    let stopping: Promise<void> | undefined;
    return {
      url,
      owner: 'docker',
      description: `the Docker service "${service}" on ${address}`,
      stop() {
        stopping ??= stop();
        return stopping;
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function dockerIn(folder: string): Docker {
  return (args, timeoutMs) => run('docker', args, { timeoutMs, cwd: folder });
}

async function must(result: Promise<RunResult>, what: string): Promise<string> {
  const { code, output } = await result;
  if (code !== 0) throw dockerError(`run "${what}"`, output);
  return output;
}

function dockerError(must: string, came: string): BrokerError {
  const tail = came.trim().split('\n').slice(-8).join('\n');
  return new BrokerError(
    'DT_ERR_DOCKER',
    `Docker must ${must}, but this came: ${tail}\nRepair it, or set AMQP_URL to a running broker.`,
  );
}
