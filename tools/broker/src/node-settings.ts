import { join } from 'node:path';

/** The three ports of a private node, all of 127.0.0.1. */
export interface NodePorts {
  readonly amqp: number;
  readonly distribution: number;
  readonly epmd: number;
}

/** A private node's place and name. */
export interface NodeSettings {
  readonly folder: string;
  readonly name: string;
  readonly ports: NodePorts;
}

/** Where a private node keeps what, inside its one folder. */
export function nodePaths(folder: string) {
  return {
    home: join(folder, 'home'),
    cookie: join(folder, 'home', '.erlang.cookie'),
    data: join(folder, 'data'),
    logs: join(folder, 'log'),
    console: join(folder, 'log', 'console.log'),
    config: join(folder, 'rabbitmq.conf'),
    moreConfigs: join(folder, 'conf.d'),
    advancedConfig: join(folder, 'advanced.config'),
    plugins: join(folder, 'enabled_plugins'),
    environment: join(folder, 'rabbitmq-env.conf'),
  } as const;
}

/**
 * rabbitmq.conf of a private node. guest stays bound to loopback. The two alarms that block publishers are set
 * so low that a small or full machine does not raise them; the write-ahead log of quorum queues is kept small.
 */
export function nodeConfig(): string {
  return [
    'loopback_users.guest = true',
    'disk_free_limit.absolute = 50MB',
    'vm_memory_high_watermark.relative = 0.8',
    'raft.wal_max_size_bytes = 67108864',
    'log.file.level = warning',
    'log.console = false',
    '',
  ].join('\n');
}

/** The environment of a private node: what `base` holds, but nothing in it that steers another RabbitMQ or Erlang. */
export function nodeEnvironment(settings: NodeSettings, base: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  const paths = nodePaths(settings.folder);
  const foreign = /^(RABBITMQ_|ERL_|ERLANG|ERTS_|NOTIFY_SOCKET$|NODE_|LOG_BASE$|MNESIA_BASE$|CONF_ENV_FILE$)/;
  const kept = Object.entries(base).filter(([name]) => !foreign.test(name));
  return {
    ...Object.fromEntries(kept),
    HOME: paths.home,
    ...epmdEnvironment(settings.ports.epmd),
    RABBITMQ_NODENAME: settings.name,
    RABBITMQ_USE_LONGNAME: 'false',
    RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
    RABBITMQ_NODE_PORT: String(settings.ports.amqp),
    RABBITMQ_DIST_PORT: String(settings.ports.distribution),
    RABBITMQ_MNESIA_BASE: paths.data,
    RABBITMQ_LOG_BASE: paths.logs,
    RABBITMQ_CONFIG_FILE: paths.config,
    RABBITMQ_CONFIG_FILES: paths.moreConfigs,
    RABBITMQ_ADVANCED_CONFIG_FILE: paths.advancedConfig,
    RABBITMQ_CONF_ENV_FILE: paths.environment,
    RABBITMQ_ENABLED_PLUGINS_FILE: paths.plugins,
    // Every erl of the node's start would otherwise try an `epmd -daemon` of its own, which nobody would end.
    ERL_AFLAGS: '-start_epmd false',
    // With this the script becomes the Erlang VM instead of a shell that waits for it: our child's pid is the node.
    RABBITMQ_ALLOW_INPUT: '1',
    RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: '-noinput -kernel inet_dist_use_interface {127,0,0,1}',
  };
}

/** Where Erlang's port mapper listens and is asked. */
export function epmdEnvironment(port: number): NodeJS.ProcessEnv {
  return { ERL_EPMD_PORT: String(port), ERL_EPMD_ADDRESS: '127.0.0.1' };
}
