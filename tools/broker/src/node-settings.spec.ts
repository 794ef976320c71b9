import { describe, expect, it } from 'vitest';
import { nodeConfig, nodeEnvironment } from './node-settings.ts';

const settings = {
  folder: '/tmp/distrace-broker-x',
  name: 'distrace-1@localhost',
  ports: { amqp: 20_001, distribution: 20_002, epmd: 20_003 },
};

describe('settings of a private node', () => {
  it('never block publishers on a small machine and keep guest on loopback', () => {
    expect(nodeConfig().trim().split('\n')).toEqual([
      'loopback_users.guest = true',
      'disk_free_limit.absolute = 50MB',
      'vm_memory_high_watermark.relative = 0.8',
      'raft.wal_max_size_bytes = 67108864',
      'log.file.level = warning',
      'log.console = false',
    ]);
  });

  it('bind everything to 127.0.0.1', () => {
    expect(nodeEnvironment(settings, {})).toMatchObject({
      RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
      RABBITMQ_NODE_PORT: '20001',
      RABBITMQ_DIST_PORT: '20002',
      ERL_EPMD_PORT: '20003',
      ERL_EPMD_ADDRESS: '127.0.0.1',
      RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS: expect.stringContaining('inet_dist_use_interface {127,0,0,1}'),
    });
  });

  it('start no epmd that nobody knows', () => {
    expect(nodeEnvironment(settings, {})).toMatchObject({ ERL_AFLAGS: '-start_epmd false' });
  });

  it('keep every file in the one folder', () => {
    const environment = nodeEnvironment(settings, {});
    const paths = Object.entries(environment).filter(([, value]) => value?.startsWith('/'));
    expect(paths.length).toBeGreaterThanOrEqual(8);
    expect(paths.filter(([, value]) => value?.startsWith(`${settings.folder}/`) !== true)).toEqual([]);
  });

  it('take over nothing that steers another RabbitMQ or Erlang', () => {
    const base = {
      PATH: '/usr/bin',
      LANG: 'C.UTF-8',
      HOME: '/root',
      RABBITMQ_MNESIA_DIR: '/var/lib/rabbitmq/mnesia/live',
      RABBITMQ_NODENAME: 'rabbit@live',
      ERL_FLAGS: '-sname other',
      ERL_LIBS: '/other',
      NOTIFY_SOCKET: '/run/systemd/notify',
      NODE_OPTIONS: '--inspect',
    };
    const environment = nodeEnvironment(settings, base);
    expect(environment).toMatchObject({ PATH: '/usr/bin', LANG: 'C.UTF-8', HOME: `${settings.folder}/home` });
    expect(environment['RABBITMQ_NODENAME']).toBe(settings.name);
    for (const name of ['RABBITMQ_MNESIA_DIR', 'ERL_FLAGS', 'ERL_LIBS', 'NOTIFY_SOCKET', 'NODE_OPTIONS']) {
      expect(environment).not.toHaveProperty(name);
    }
  });
});
