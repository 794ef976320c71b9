// What travels between the services, checked at the border.
export { TASK_KINDS, parseNotificationMessage, parseResultMessage, parseTaskMessage } from './contracts.js';
export type { NotificationMessage, ResultMessage, TaskKind, TaskMessage } from './contracts.js';
export { ContractError } from './contract-error.js';
export { isTaskId } from './parse-fields.js';
export type { WordCount } from './parse-fields.js';

// The queues, and how Nest reaches them.
export {
  DELIVERY_LIMIT,
  FAILURES,
  QUEUES,
  deadLetterName,
  declareTopology,
  failuresArguments,
  queueArguments,
  queueName,
  removeTopology,
  withoutPrefix,
} from './topology.js';
export type { ConsumedQueue, QueueName } from './topology.js';
export { TopologyError } from './topology-error.js';
export { rmqClientOptions, rmqServerOptions } from './rmq-options.js';
export type { QueueAddress, RmqClientOptions, RmqServerOptions } from './rmq-options.js';
export { BrokerAwayError } from './broker-away-error.js';

// Acknowledging after the work, and finishing before the end.
export { ACK_OPTIONS, AckInterceptor } from './ack.interceptor.js';
export type { AckOptions, GiveUp } from './ack.interceptor.js';
export { ackAfter } from './settlement.js';
export { emitConfirmed, notifyFailure } from './confirmed.js';
export { readDeadLetter } from './dead-letter.js';
export type { MessageHeaders } from './dead-letter.js';
export { dropKept, lookAtKept, putBackKept } from './kept-letters.js';
export type { KeptLetter } from './kept-letters.js';
export { Drain } from './drain.js';
export type { Consumer, DrainOptions } from './drain.js';

// What the three services have in common at start and end.
export { MessagingModule, connectQueue } from './messaging.module.js';
export type { MessagingModuleOptions } from './messaging.module.js';
export { BrokerHealth } from './health.js';
export type { BrokerLink, BrokerState } from './health.js';
export { ConfigError } from './config-error.js';
export { readServiceConfig, readWholeNumber, withoutPassword } from './service-config.js';
export type { Environment, ServiceConfig, WholeNumberOptions } from './service-config.js';
export type { ZpagesSettings } from './zpages-settings.js';
export { makeFolder } from './make-folder.js';
