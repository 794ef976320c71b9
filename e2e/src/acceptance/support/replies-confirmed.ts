const DEADLINE_MS = 20_000;

/**
 * Waits until the broker has confirmed all replies of a microservice: Nest closes its channel although some are on
 * their way, and handles their rejection nowhere. Programs without vitest use it, too.
 */
export async function repliesConfirmed(microservice: object): Promise<void> {
  const server = Reflect.get(microservice, 'serverInstance') as { readonly channel?: object | null };
  const { channel } = server;
  if (channel == null) return;
  // A stream that has ended just now is told to the caller in the next tick.
  await new Promise(setImmediate);
  const waiting = () =>
    ['_messages', '_unconfirmedMessages'].reduce(
      (sum, list) => sum + (Reflect.get(channel, list) as unknown[]).length,
      0,
    );
  for (let waitedMs = 0; waiting() > 0; waitedMs += 5) {
    if (waitedMs > DEADLINE_MS) throw new Error(`${waiting()} replies are not confirmed.`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
