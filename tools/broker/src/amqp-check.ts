import { connect as connectTcp, isIP } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { beginLogin } from './amqp-login.ts';
import type { LoginOutcome } from './amqp-login.ts';
import type { AmqpTarget } from './amqp-url.ts';

/** Logs in at `target`, opens its vhost and leaves again. Never rejects; gives up after `timeoutMs`. */
export function checkAmqp(
  target: AmqpTarget,
  options: { readonly timeoutMs: number },
): Promise<LoginOutcome> {
  return new Promise((resolve) => {
    const { host, port } = target;
    const login = beginLogin(target);
    const socket = target.tls
      ? connectTls({ host, port, servername: isIP(host) === 0 ? host : undefined })
      : connectTcp({ host, port });
    let connected = false;
    let settled = false;
    const settle = (outcome: LoginOutcome) => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      // A good-bye that is still to be written goes out first; the broker logs an abrupt end as a warning.
      socket.end();
      const giveUp = setTimeout(() => socket.destroy(), outcome.kind === 'ok' ? 500 : 0);
      socket.once('close', () => {
        clearTimeout(giveUp);
        resolve(outcome);
      });
    };
    const timer = setTimeout(() => {
      const reason = connected
        ? `it accepted the connection but did not finish the login within ${options.timeoutMs} ms`
        : `no connection within ${options.timeoutMs} ms`;
      settle({ kind: 'silent', reason });
      socket.destroy();
    }, options.timeoutMs);
    socket.once(target.tls ? 'secureConnect' : 'connect', () => {
      connected = true;
      socket.write(login.hello);
    });
    socket.on('data', (bytes: Buffer) => {
      if (settled) return;
      const step = login.receive(bytes);
      if (step.send != null) socket.write(step.send);
      if (step.outcome != null) settle(step.outcome);
    });
    socket.on('end', () => settle(login.ended()));
    socket.on('error', (error: NodeJS.ErrnoException) => {
      settle(connected ? login.ended() : { kind: 'silent', reason: reasonOf(error) });
    });
  });
}

function reasonOf(error: NodeJS.ErrnoException): string {
  if (error.code === 'ECONNREFUSED') return 'the connection was refused';
  // With several addresses (localhost) the error is an aggregate without a text of its own.
  return error.message === '' ? (error.code ?? 'the connection failed') : error.message;
}
