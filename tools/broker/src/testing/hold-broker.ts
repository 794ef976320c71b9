/** Starts a private broker, says so on one line, and then does nothing until somebody kills it. */
import { startGuardian } from '../guardian.ts';
import { startPrivateBroker } from '../private-broker.ts';

const broker = await startPrivateBroker({ guardian: startGuardian() });
console.log(JSON.stringify({ url: broker.url, port: broker.port }));
setInterval(() => undefined, 60_000);
