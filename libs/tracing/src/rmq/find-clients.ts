import { isRmqClient } from './rmq-client.js';
import type { RmqClient } from './rmq-client.js';

/** What Nest's InstanceWrapper tells of a provider or controller. */
export interface ProviderLike {
  readonly instance?: unknown;
  /** A value or the result of a factory, as opposed to an instance of a class. */
  readonly isNotMetatype?: boolean;
  getStaticTransientInstances?(): readonly ({ readonly instance?: unknown } | undefined)[];
}

/**
 * The RabbitMQ clients of a provider: the provider itself, and, when it is an instance of a class, those in its
 * properties: by `@Client()`, or made in its constructor. Never throws.
 */
export function findClients(provider: ProviderLike): readonly RmqClient[] {
  try {
    const transient = provider.getStaticTransientInstances?.() ?? [];
    const instances = [provider.instance, ...transient.map((host) => host?.instance)];
    return instances.flatMap((instance) => [
      ...(isRmqClient(instance) ? [instance] : []),
      ...(provider.isNotMetatype === true ? [] : clientsInside(instance)),
    ]);
  } catch {
    return [];
  }
}

/** Values are not looked into: they may be as large as they like. Nor are getters: they may do anything. */
function clientsInside(instance: unknown): readonly RmqClient[] {
  if (typeof instance !== 'object' || instance === null) return [];
  return Object.values(Object.getOwnPropertyDescriptors(instance))
    .map((property): unknown => property.value)
    .filter(isRmqClient);
}
