const { env } = process;

/** What a service reads from its environment. */
export const settings = {
  host: env['HOST'] ?? '127.0.0.1',
  /** 0 takes a free one. */
  port: Number(env['PORT'] ?? 0),
  amqpUrl: env['AMQP_URL'] ?? 'amqp://127.0.0.1:5672',
  /** Tells deployments apart that share a broker. */
  queuePrefix: env['QUEUE_PREFIX'] ?? '',
  /** Where the exporter keeps results. */
  dataDir: env['DATA_DIR'] ?? '.data',
  /** Milliseconds that `POST /tasks` waits for the result. */
  taskWaitMs: Number(env['TASK_WAIT_MS'] ?? 30_000),
} as const;
