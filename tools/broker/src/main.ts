/** Finds or starts a broker, prints its URL, stays until Ctrl-C: node tools/broker/src/main.ts [--private] */
import { parseArgs } from 'node:util';
import { messageOf } from './errors.ts';
import { findOrStartBroker } from './find-or-start.ts';
import { startGuardian } from './guardian.ts';
import { startPrivateBroker } from './private-broker.ts';

const log = (line: string) => console.error(line);
const ending = new AbortController();
const ended = new Promise<void>((resolve) => {
  ending.signal.addEventListener('abort', () => resolve());
});
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => ending.abort(new Error(`ended by ${signal}`)));
}

const guardian = startGuardian();
try {
  const { values } = parseArgs({ options: { private: { type: 'boolean', default: false } } });
  const start = values.private ? startPrivateBroker : findOrStartBroker;
  const broker = await start({ guardian, log, signal: ending.signal });
  log(`${broker.description}; Ctrl-C ends it if it was started here`);
  console.log(broker.url);
  const staying = setInterval(() => undefined, 60_000);
  const failure = await Promise.race([ended, guardian.lost, ...(broker.lost == null ? [] : [broker.lost])]);
  clearInterval(staying);
  await broker.stop();
  if (failure != null) throw failure;
} catch (error) {
  if (!ending.signal.aborted) {
    log(messageOf(error));
    process.exitCode = 1;
  }
} finally {
  await guardian.close();
}
