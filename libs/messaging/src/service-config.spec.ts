import { describe, expect, it } from 'vitest';
import { ConfigError } from './config-error.js';
import { readServiceConfig, withoutPassword } from './service-config.js';

const read = (env: Record<string, string>) => readServiceConfig(env, { defaultPort: 3000 });

describe('readServiceConfig', () => {
  it('has a default for everything', () => {
    expect(read({})).toEqual({
      port: 3000,
      host: '127.0.0.1',
      amqpUrl: 'amqp://127.0.0.1:5672',
      queuePrefix: '',
      dataDir: '.data',
      exporter: 'directZipkin(http://127.0.0.1:9411)',
      stackTraces: true,
      zpages: { traceUrl: 'http://127.0.0.1:9411/zipkin/traces/{traceId}' },
    });
  });

  it('takes what the environment says', () => {
    const env = { PORT: '0', DISTRACE_QUEUE_PREFIX: 'run-1.', DISTRACE_STACK_TRACES: 'false' };
    expect(read(env)).toMatchObject({ port: 0, queuePrefix: 'run-1.', stackTraces: false });
  });

  it.each([
    [{ PORT: '80x' }, "PORT must be a whole number from 0 to 65535, instead got '80x'"],
    [{ PORT: '70000' }, 'PORT must be a whole number from 0 to 65535'],
    [{ AMQP_URL: 'http://localhost' }, 'AMQP_URL must be a URL such as amqp://127.0.0.1:5672'],
    [{ DISTRACE_QUEUE_PREFIX: 'a b' }, 'DISTRACE_QUEUE_PREFIX must be at most 100 letters'],
    [{ DISTRACE_STACK_TRACES: 'no' }, 'DISTRACE_STACK_TRACES must be true or false'],
  ])('refuses %j with the rule and what came', (env, message) => {
    expect(() => read(env as Record<string, string>)).toThrow(message);
    expect(() => read(env as Record<string, string>)).toThrow(ConfigError);
  });

  it('never shows a password', () => {
    expect(withoutPassword('amqp://user:secret@host:5672/vhost')).toBe('amqp://***@host:5672/vhost');
    expect(() => read({ AMQP_URL: 'http://user:secret@host' })).not.toThrow('secret');
  });
});
