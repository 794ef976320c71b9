import type { AmqpTarget } from './amqp-url.ts';
import {
  closeReason,
  connection,
  offeredMechanisms,
  protocolHeader,
  readFrames,
  shortString,
  startOkArgs,
  writeMethod,
} from './amqp-frames.ts';
import type { MethodFrame } from './amqp-frames.ts';

/** What became of a login: it went through, nobody answered, something else than AMQP answered, or the broker said no. */
export type LoginOutcome =
  { readonly kind: 'ok' } | { readonly kind: 'silent' | 'foreign' | 'refused'; readonly reason: string };

/** One step of a login: bytes to send next, or how it ended. */
export interface LoginStep {
  readonly send?: Buffer;
  readonly outcome?: LoginOutcome;
}

/** A client's side of connection.start … connection.open-ok as a state machine without a socket. */
export interface Login {
  readonly hello: Buffer;
  receive(bytes: Buffer): LoginStep;
  /** The other side hung up. */
  ended(): LoginOutcome;
}

/** Begins a login as `target` says. Pure: the caller moves the bytes. */
export function beginLogin(target: Pick<AmqpTarget, 'username' | 'password' | 'vhost'>): Login {
  let pending: Buffer = Buffer.alloc(0);
  let started = false;

  const answer = (method: MethodFrame): LoginStep => {
    if (method.classId !== connection.classId) return foreign(`method ${method.classId}.${method.methodId}`);
    if (!started && method.methodId !== connection.start) {
      return foreign(`method 10.${method.methodId} before connection.start`);
    }
    switch (method.methodId) {
      case connection.start: {
        started = true;
        const mechanisms = offeredMechanisms(method.args);
        if (!mechanisms.includes('PLAIN')) {
          return {
            outcome: { kind: 'refused', reason: `it offers no PLAIN login, only ${mechanisms.join(', ')}` },
          };
        }
        return { send: writeMethod(connection.startOk, startOkArgs(target.username, target.password)) };
      }
      case connection.tune: {
        const limits = Buffer.from(method.args.subarray(0, 8));
        limits.writeUInt16BE(0, 6); // no heartbeats: we are gone before one is due
        const openArgs = Buffer.concat([shortString(target.vhost), shortString(''), Buffer.from([0])]);
        return {
          send: Buffer.concat([
            writeMethod(connection.tuneOk, limits),
            writeMethod(connection.open, openArgs),
          ]),
        };
      }
      case connection.openOk:
        return { send: writeMethod(connection.close, farewell()), outcome: { kind: 'ok' } };
      case connection.close:
        return { outcome: { kind: 'refused', reason: closeReason(method.args) } };
      default:
        return foreign(`method 10.${method.methodId}`);
    }
  };

  return {
    hello: protocolHeader,
    receive(bytes) {
      const { methods, rest, broken } = readFrames(Buffer.concat([pending, bytes]));
      pending = rest;
      const sends: Buffer[] = [];
      for (const method of methods) {
        const step = attempt(answer, method);
        if (step.send != null) sends.push(step.send);
        if (step.outcome != null) return { send: Buffer.concat(sends), outcome: step.outcome };
      }
      if (broken != null) return foreign(broken);
      return sends.length > 0 ? { send: Buffer.concat(sends) } : {};
    },
    ended: () =>
      started
        ? { kind: 'refused', reason: 'it hung up during the login' }
        : { kind: 'foreign', reason: 'it hung up at the AMQP header' },
  };
}

function foreign(reason: string): LoginStep {
  return { outcome: { kind: 'foreign', reason: `it answered with ${reason}` } };
}

function attempt(answer: (method: MethodFrame) => LoginStep, method: MethodFrame): LoginStep {
  try {
    return answer(method);
  } catch (error) {
    // Reading past the end of a short frame.
    if (error instanceof RangeError) return foreign('a frame that breaks off');
    throw error;
  }
}

function farewell(): Buffer {
  const code = Buffer.alloc(2);
  code.writeUInt16BE(200);
  return Buffer.concat([code, shortString('checked'), Buffer.alloc(4)]);
}
