/**
 * The guardian itself, a process of its own session. Its standard input is a pipe that only the parent holds:
 * when that ends, the parent is done or dead, whatever killed it, and everything still adopted goes.
 */
import { createInterface } from 'node:readline';
import { graceMs } from './guardian-messages.ts';
import type { GuardianMessage } from './guardian-messages.ts';
import { Wards } from './wards.ts';

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => undefined);

const wards = new Wards();

for await (const line of createInterface({ input: process.stdin })) {
  let message: GuardianMessage;
  try {
    message = JSON.parse(line) as GuardianMessage;
  } catch {
    continue; // the parent died in the middle of a line
  }
  switch (message.do) {
    case 'adopt-process':
      wards.adoptProcess(message.adopted);
      break;
    case 'release-process':
      wards.releaseProcess(message.pid);
      break;
    case 'adopt-folder':
      wards.adoptFolder(message.path);
      break;
    case 'release-folder':
      wards.releaseFolder(message.path);
      break;
  }
}

await wards.endAll({ graceMs });
process.exit(0);
