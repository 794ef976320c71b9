/** Where a message goes or came from. */
export interface DestinationParts {
  readonly exchange: string;
  readonly routingKey: string;
  /** Consumers only. */
  readonly queue?: string | undefined;
}

/**
 * A destination as OpenTelemetry's RabbitMQ conventions spell it: the non-empty parts joined by colons; a queue that
 * is its own routing key is said once.
 */
export function destinationName({ exchange, routingKey, queue }: DestinationParts): string {
  const parts = [exchange, routingKey, queue === routingKey ? '' : (queue ?? '')];
  return parts.filter((part) => part !== '').join(':') || 'amq.default';
}
