/** A running RabbitMQ and who answers for it. */
export interface Broker {
  /** AMQP URL with credentials; show `description` to people instead. */
  readonly url: string;
  /** `environment`: AMQP_URL; `local`: it ran on 127.0.0.1:5672; `private` and `docker`: started here. */
  readonly owner: 'environment' | 'local' | 'private' | 'docker';
  /** One line for people, without credentials. */
  readonly description: string;
  /** Stops what was started here and does nothing to other people's brokers. Idempotent. */
  stop(): Promise<void>;
  /** Resolves with what happened when a broker that was started here ended by itself. Absent for other people's. */
  readonly lost?: Promise<Error>;
}
