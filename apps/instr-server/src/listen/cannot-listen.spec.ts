import { expect, it } from 'vitest';
import { cannotListen } from './cannot-listen.js';

const failed = (code: string) => Object.assign(new Error(`listen ${code}`), { code });

it.each([
  [{ port: 8126 }, 'EADDRINUSE', '127.0.0.1:8126, but another process listens there. End that', '--port'],
  [{ port: 80, host: '::1' }, 'EACCES', '[::1]:80, but this user may not.', '--port'],
  [{ port: 1, host: 'nowhere' }, 'ENOTFOUND', 'nowhere:1, but this machine has no such address', '--host'],
  [{ port: 1, host: '10.1.1.1' }, 'EADDRNOTAVAIL', '10.1.1.1:1, but this machine has no', '0.0.0.0 for all'],
  [{ port: 1 }, 'ESOMETHING', '127.0.0.1:1, but listen ESOMETHING.', '--port'],
  [{ socket: '/x/s' }, 'EINVAL', '/x/s, but listen EINVAL.', '--socket'],
] as const)('says where, why and what to do: %j, %s', (options, code, start, remedy) => {
  const error = cannotListen(options, failed(code));
  expect(error.code).toBe('DT_ERR_SERVER_LISTEN');
  expect(error.message).toContain(`listen at ${start}`);
  expect(error.message.slice(error.message.indexOf(start) + start.length - 8)).toContain(remedy);
});
