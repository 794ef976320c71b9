// One URL for whoever needs a broker, and who owns it.
export { findOrStartBroker } from './find-or-start.ts';
export type { FindOrStartOptions, Way, Ways } from './find-or-start.ts';
export type { Broker } from './broker.ts';

// A node of our own, for tests that stop brokers.
export { startPrivateBroker } from './private-broker.ts';
export type { PrivateBroker } from './private-broker.ts';

// Nothing that we start outlives us.
export { startGuardian } from './guardian.ts';
export type { Guardian } from './guardian.ts';

// Tells a process from a later one that was given the same pid.
export { startTimeOf } from './process-table.ts';

// Ports of 127.0.0.1.
export { freePort, isPortFree } from './ports.ts';

// URLs in logs.
export { redactAmqpUrl } from './amqp-url.ts';

// Every failure has a code.
export { BrokerError } from './errors.ts';
export type { BrokerErrorCode } from './errors.ts';
