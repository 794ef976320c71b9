/**
 * All names in the namespaces that belong to OpenTelemetry and that spans of HTTP, messaging and databases use, as of
 * version 1.44 of its conventions. A name in one of these namespaces that is not here is somebody's invention.
 */
const KNOWN: Readonly<Record<string, readonly string[]>> = {
  messaging: [
    'batch.message_count',
    'client.id',
    'consumer.group.name',
    'destination.anonymous',
    'destination.name',
    'destination.partition.id',
    'destination.subscription.name',
    'destination.template',
    'destination.temporary',
    'message.body.size',
    'message.conversation_id',
    'message.envelope.size',
    'message.id',
    'operation.name',
    'operation.type',
    'system',
    'rabbitmq.destination.routing_key',
    'rabbitmq.message.delivery_tag',
  ],
  http: [
    'connection.state',
    'request.body.size',
    'request.method',
    'request.method_original',
    'request.resend_count',
    'request.size',
    'response.body.size',
    'response.size',
    'response.status_code',
    'route',
  ],
  url: ['domain', 'full', 'original', 'path', 'port', 'query', 'scheme', 'subdomain', 'template', 'fragment'],
  server: ['address', 'port'],
  client: ['address', 'port'],
  network: [
    'local.address',
    'local.port',
    'peer.address',
    'peer.port',
    'protocol.name',
    'protocol.version',
    'transport',
    'type',
  ],
  db: [
    'client.connection.pool.name',
    'client.connection.state',
    'collection.name',
    'namespace',
    'operation.batch.size',
    'operation.name',
    'query.summary',
    'query.text',
    'response.returned_rows',
    'response.status_code',
    'stored_procedure.name',
    'system.name',
  ],
  error: ['type'],
  exception: ['message', 'stacktrace', 'type'],
  user_agent: ['name', 'original', 'os.name', 'os.version', 'synthetic.type', 'version'],
  thread: ['id', 'name'],
};

/** Namespaces with names that come from elsewhere: a header's, a parameter's, another messaging system's. */
const OPEN =
  /^(?:http\.(?:request|response)\.header|db\.(?:query|operation)\.parameter|messaging\.(?:kafka|rocketmq|gcp_pubsub|servicebus|eventhubs))\./;

/** Whether the name stands in one of OpenTelemetry's namespaces without being one of its names. */
export function isInvented(key: string): boolean {
  const [namespace = '', ...rest] = key.split('.');
  return (
    Object.hasOwn(KNOWN, namespace) && !OPEN.test(key) && KNOWN[namespace]?.includes(rest.join('.')) !== true
  );
}
