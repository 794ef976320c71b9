import { randomBytes } from 'node:crypto';
import type { Broker } from './broker.ts';
import type { Child } from './child.ts';
import { BrokerError } from './errors.ts';
import type { Guardian } from './guardian.ts';
import { requireInstallation } from './install.ts';
import { makeNodeFolder, nodeGone, nodeUrl, startEpmd, startNode } from './node-process.ts';
import type { NodeContext } from './node-process.ts';
import type { NodeSettings } from './node-settings.ts';
import { freePorts } from './ports.ts';
import { removeFolder } from './wards.ts';

/** A RabbitMQ node of our own: 127.0.0.1 only, data in a temporary folder, gone when we are. */
export interface PrivateBroker extends Broker {
  readonly owner: 'private';
  /** The AMQP port; the same over every restart. */
  readonly port: number;
  /** Starts the node again on the same port with the same data, after `halt`, `kill` or while it runs. */
  restart(): Promise<void>;
  /** Stops the node in order and keeps its data. */
  halt(): Promise<void>;
  /** SIGKILL for the node, as when a machine fails; keeps what it had written. */
  kill(): Promise<void>;
}

const haltGraceMs = 20_000;
const stopGraceMs = 3_000;
const startAttempts = 3;

/**
 * Starts a private node (3 to 10 s) and resolves when a login works. Where rabbitmq-server is missing it is
 * installed with apt if that is possible (root on Debian or Ubuntu) and `install` is not false.
 * Throws DT_ERR_NO_BROKER, DT_ERR_INSTALL or DT_ERR_NODE_START, or the signal's reason; nothing is left then.
 */
export async function startPrivateBroker(options: {
  readonly guardian: Guardian;
  readonly log?: (line: string) => void;
  readonly signal?: AbortSignal;
  readonly install?: boolean;
}): Promise<PrivateBroker> {
  const { guardian, log = () => undefined, signal, install = true } = options;
  signal?.throwIfAborted();
  const installation = await requireInstallation({ log, signal, install });
  const context: NodeContext = { installation, guardian, log, signal };
  const folder = makeNodeFolder(guardian);
  const cleanUp = () => {
    removeFolder(folder);
    guardian.releaseFolder(folder);
  };
  try {
    for (let attempt = 1; ; attempt += 1) {
      const settings = await newSettings(folder);
      try {
        return await startWith(settings, context, cleanUp);
      } catch (error) {
        // A port may have been taken between our look and the node's own; then others are free.
        const maybePort = error instanceof BrokerError && error.code === 'DT_ERR_NODE_START';
        if (!maybePort || attempt === startAttempts) throw error;
        log(`the private node did not come up, trying other ports (${attempt} of ${startAttempts - 1})`);
      }
    }
  } catch (error) {
    cleanUp();
    throw error;
  }
}

async function newSettings(folder: string): Promise<NodeSettings> {
  const [amqp = 0, distribution = 0, epmd = 0] = await freePorts(3);
  const name = `distrace-${randomBytes(5).toString('hex')}@localhost`;
  return { folder, name, ports: { amqp, distribution, epmd } };
}

async function startWith(
  settings: NodeSettings,
  context: NodeContext,
  cleanUp: () => void,
): Promise<PrivateBroker> {
  let epmd = await startEpmd(settings, context);
  let node: Child;
  try {
    node = await startNode(settings, context);
  } catch (error) {
    await epmd.end({ graceMs: 500 });
    throw error;
  }
  // The signal was for the first start only; a test that is aborted still stops what it has.
  const later: NodeContext = { ...context, signal: undefined };
  const lost = Promise.withResolvers<BrokerError>();
  const watch = (watched: Child) => void watched.lost.then((how) => lost.resolve(nodeGone(settings, how)));
  watch(node);
  let stopping: Promise<void> | undefined;
  let last: Promise<void> = Promise.resolve();
  const inTurn = (action: () => Promise<void>) => {
    if (stopping != null) {
      throw new BrokerError(
        'DT_ERR_NODE_STOPPED',
        `A private broker can be used until stop(), but the one on port ${settings.ports.amqp} was stopped. Start another.`,
      );
    }
    const done = last.then(action);
    last = done.catch(() => undefined);
    return done;
  };
  const stop = async () => {
    await last;
    await node.end({ graceMs: stopGraceMs });
    await epmd.end({ graceMs: 500 });
    cleanUp();
  };
  const { url, port } = { url: nodeUrl(settings), port: settings.ports.amqp };
  return {
    url,
    port,
    owner: 'private',
    lost: lost.promise,
    description: `a private RabbitMQ node on 127.0.0.1:${port}`,
    halt: async () => inTurn(() => node.end({ graceMs: haltGraceMs })),
    kill: async () => inTurn(() => node.end({ graceMs: 0 })),
    restart: async () =>
      inTurn(async () => {
        await node.end({ graceMs: haltGraceMs });
        if (!epmd.isRunning()) epmd = await startEpmd(settings, later);
        node = await startNode(settings, later);
        watch(node);
      }),
    stop() {
      stopping ??= stop();
      return stopping;
    },
  };
}
