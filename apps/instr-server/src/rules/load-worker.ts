import { parentPort, workerData } from 'node:worker_threads';
import { messageOf } from '@distrace/nest-server';
import { readExtensions } from './read-extensions.js';
import type { LoadAnswer } from './load-extensions.js';

/** Runs in a thread of its own, once: loads extensions and says what they came to, as data. */
const { extensions, baseFolder } = workerData as {
  readonly extensions: readonly string[];
  readonly baseFolder: string;
};

let answer: LoadAnswer;
try {
  answer = { loaded: await readExtensions(extensions, { baseFolder }) };
} catch (error) {
  answer = { problem: messageOf(error) };
}
parentPort?.postMessage(answer);
