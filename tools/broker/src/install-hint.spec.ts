import { describe, expect, it } from 'vitest';
import { installHint } from './install-hint.ts';

const linux = (osRelease: string) => installHint({ platform: 'linux', osRelease });

describe('installHint', () => {
  it.each([
    ['Debian', 'NAME="Debian GNU/Linux"\nID=debian\n', 'apt-get install -y rabbitmq-server'],
    ['Ubuntu', 'ID=ubuntu\nID_LIKE=debian\n', 'apt-get install -y rabbitmq-server'],
    ['a child of Ubuntu', 'ID=linuxmint\nID_LIKE="ubuntu debian"\n', 'apt-get install'],
    ['Fedora', 'ID=fedora\n', 'dnf install -y rabbitmq-server'],
    ['a child of Red Hat', 'ID="rocky"\nID_LIKE="rhel centos fedora"\n', 'dnf install'],
    ['Alpine', 'ID=alpine\n', 'apk add rabbitmq-server'],
    ['an unknown system', 'ID=plan9\n', "your system's package manager"],
    ['no name at all', '', "your system's package manager"],
  ])('knows what to type on %s', (_, osRelease, expected) => {
    expect(linux(osRelease)).toContain(expected);
  });

  it('knows macOS and Windows', () => {
    expect(installHint({ platform: 'darwin', osRelease: '' })).toContain('brew install rabbitmq');
    expect(installHint({ platform: 'win32', osRelease: '' })).toContain('choco install rabbitmq');
  });

  it('names Docker and AMQP_URL everywhere', () => {
    expect(linux('')).toMatch(/docker run .*127\.0\.0\.1:5672/);
    expect(linux('')).toContain('AMQP_URL');
  });
});
