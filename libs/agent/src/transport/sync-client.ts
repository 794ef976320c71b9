import { MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads';
import type { MessagePort } from 'node:worker_threads';
import { OWN_THREAD } from '../own-thread.js';
import { errorOf } from './failure.js';
import type { Ask, Endpoint } from './request.js';
import type { SyncQuestion, SyncReply } from './sync-worker.js';

/** Asks while the thread waits: what a module loader needs, which cannot await. */
export class SyncClient {
  readonly #source: string;
  #worker: { readonly port: MessagePort; readonly signal: Int32Array } | undefined;
  #lastId = 0;

  /** `source` is the program of the thread that asks. It starts with the first question. */
  constructor(source: string) {
    this.#source = source;
  }

  /** The answer, within `timeoutMs`; throws what went wrong. */
  ask(endpoint: Endpoint, options: Ask): unknown {
    const deadlineMs = performance.now() + options.timeoutMs;
    const { port, signal } = (this.#worker ??= this.#start());
    const id = (this.#lastId += 1);
    port.postMessage({ id, endpoint, ask: options } satisfies SyncQuestion);
    for (;;) {
      // Read before the port is: a reply in between changes it, so that the wait returns at once.
      const seen = Atomics.load(signal, 0);
      const reply = receiveMessageOnPort(port)?.message as SyncReply | undefined;
      if (reply === undefined) {
        const leftMs = deadlineMs - performance.now();
        if (leftMs <= 0) throw new Error(`no whole answer within ${options.timeoutMs} ms`);
        Atomics.wait(signal, 0, seen, leftMs);
      } else if (reply.id === id) {
        if ('failure' in reply) throw errorOf(reply.failure);
        return reply.answer;
      }
      // Else the late reply to a question that was given up.
    }
  }

  #start(): { readonly port: MessagePort; readonly signal: Int32Array } {
    const { port1, port2 } = new MessageChannel();
    const signal = new Int32Array(new SharedArrayBuffer(4));
    const worker = new Worker(this.#source, {
      eval: true,
      execArgv: [],
      // NODE_OPTIONS would load the agent, and whatever else the app is started with, once more.
      env: {},
      name: OWN_THREAD,
      resourceLimits: { maxYoungGenerationSizeMb: 4, maxOldGenerationSizeMb: 128 },
      stdout: true,
      stderr: true,
      workerData: { [OWN_THREAD]: true, port: port2, signal },
      transferList: [port2],
    });
    worker.unref();
    // A thread that dies answers nothing; the deadline finds out.
    worker.on('error', () => {
      this.#worker = undefined;
    });
    port1.unref();
    return { port: port1, signal };
  }
}
