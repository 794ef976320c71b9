import { checkAmqp } from './amqp-check.ts';
import { parseAmqpUrl, redactAmqpUrl } from './amqp-url.ts';
import type { Broker } from './broker.ts';
import { startDockerBroker } from './docker.ts';
import { BrokerError, messageOf } from './errors.ts';
import type { BrokerErrorCode } from './errors.ts';
import type { Guardian } from './guardian.ts';
import { installHint } from './install-hint.ts';
import { findInstallation } from './install-paths.ts';
import { mayInstall, osRelease } from './install.ts';
import { startPrivateBroker } from './private-broker.ts';

/** One way to a broker; a text says why it does not lead to one here. */
export type Way = () => Promise<Broker | string>;

/** The ways in the order in which they are tried. Each can be replaced, which is what tests do. */
export interface Ways {
  readonly local: Way;
  readonly installed: Way;
  readonly docker: Way;
  readonly apt: Way;
}

/** Options of `findOrStartBroker`. */
export interface FindOrStartOptions {
  readonly guardian: Guardian;
  /** Gets one line for each step, without credentials. */
  readonly log: (line: string) => void;
  /** Where AMQP_URL is read; default process.env. */
  readonly env?: NodeJS.ProcessEnv;
  /** Ends a start; nothing of it is left. */
  readonly signal?: AbortSignal;
  /** How long AMQP_URL may take to answer; default 5000. */
  readonly loginTimeoutMs?: number;
  readonly ways?: Partial<Ways>;
}

/**
 * The broker of AMQP_URL if that is set; else the one on 127.0.0.1:5672; else a private node; else Docker's;
 * else, as root on Debian or Ubuntu, rabbitmq-server is installed and a private node started.
 * Throws DT_ERR_AMQP_* for an AMQP_URL that does not work, DT_ERR_NO_BROKER with what to install where no way leads to one.
 */
export async function findOrStartBroker(options: FindOrStartOptions): Promise<Broker> {
  const { env = process.env, log, signal } = options;
  signal?.throwIfAborted();
  const url = env['AMQP_URL'];
  if (url != null && url !== '') return environmentBroker(url, options.loginTimeoutMs ?? 5_000);

  const ways: Ways = { ...realWays(options), ...options.ways };
  const reasons: string[] = [];
  for (const way of [ways.local, ways.installed, ways.docker, ways.apt]) {
    const found = await way().catch((error: unknown) => {
      signal?.throwIfAborted();
      return messageOf(error);
    });
    if (typeof found !== 'string') {
      log(`using ${found.description}`);
      return found;
    }
    log(found);
    reasons.push(found);
  }
  const hint = installHint({ platform: process.platform, osRelease: osRelease() });
  throw new BrokerError(
    'DT_ERR_NO_BROKER',
    `A RabbitMQ broker is needed, but there is none:\n${reasons.map((reason) => `- ${reason}`).join('\n')}\n${hint}`,
  );
}

const codes: Record<'silent' | 'foreign' | 'refused', BrokerErrorCode> = {
  silent: 'DT_ERR_AMQP_NO_ANSWER',
  foreign: 'DT_ERR_AMQP_NOT_SPOKEN',
  refused: 'DT_ERR_AMQP_REFUSED',
};

async function environmentBroker(url: string, timeoutMs: number): Promise<Broker> {
  const shown = redactAmqpUrl(url);
  const outcome = await checkAmqp(parseAmqpUrl(url), { timeoutMs });
  if (outcome.kind !== 'ok') {
    throw new BrokerError(
      codes[outcome.kind],
      `AMQP_URL must name a broker that lets us log in, but at ${shown}: ${outcome.reason}. Start that broker, correct AMQP_URL, or unset it to have one found or started.`,
    );
  }
  return {
    url,
    owner: 'environment',
    description: `the broker at ${shown} (AMQP_URL)`,
    stop: async () => undefined,
  };
}

function realWays({ guardian, log, signal }: FindOrStartOptions): Ways {
  return {
    local: () => localBroker(),
    installed: async () =>
      (await findInstallation()) == null
        ? 'no rabbitmq-server is installed'
        : startPrivateBroker({ guardian, log, signal, install: false }),
    docker: () => startDockerBroker({ log, signal }),
    apt: async () => {
      if ((await findInstallation()) != null) return 'rabbitmq-server is installed, so apt cannot help';
      if (!mayInstall()) return 'not root on Debian or Ubuntu, so nothing is installed by itself';
      return startPrivateBroker({ guardian, log, signal });
    },
  };
}

/** The broker on 127.0.0.1:5672 if guest can log in, else why not. */
export async function localBroker(port = 5672): Promise<Broker | string> {
  const url = `amqp://guest:guest@127.0.0.1:${port}`;
  const outcome = await checkAmqp(parseAmqpUrl(url), { timeoutMs: 2_000 });
  if (outcome.kind === 'silent') return `no broker on 127.0.0.1:${port} (${outcome.reason})`;
  if (outcome.kind === 'foreign') return `what listens on 127.0.0.1:${port} is no broker: ${outcome.reason}`;
  if (outcome.kind === 'refused') {
    return `the broker on 127.0.0.1:${port} does not let guest log in (${outcome.reason}); set AMQP_URL to use it`;
  }
  return {
    url,
    owner: 'local',
    description: `the broker on 127.0.0.1:${port}`,
    stop: async () => undefined,
  };
}
