import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { serviceUids } from './apt-strays.ts';
import { canUseApt, installScript } from './apt.ts';
import { useScratch } from './testing/scratch.ts';
import type { Scratch } from './testing/scratch.ts';

let scratch: Scratch;
const file = (name: string) => join(scratch.folder, name);
const lines = (name: string) => readFileSync(file(name), 'utf8').trim().split('\n');

beforeEach(() => {
  scratch = useScratch();
});

afterEach(() => scratch.restore());

/** Starts the installation with an apt-get that notes its arguments and what the policy said, then runs `then`. */
function start(then: string) {
  const fake = `#!/bin/sh
echo "$DEBIAN_FRONTEND $*" >> ${file('calls')}
if [ -x ${file('policy')} ]; then ${file('policy')}; echo $? >> ${file('policies')}; fi
${then}
`;
  writeFileSync(file('apt-get'), fake);
  chmodSync(file('apt-get'), 0o755);
  return spawn('/bin/sh', ['-c', installScript(file('policy'))], {
    stdio: 'ignore',
    env: { PATH: `${scratch.folder}:/usr/bin:/bin` },
  });
}

async function install(then: string): Promise<number> {
  const [code] = (await once(start(then), 'exit')) as [number];
  return code;
}

describe.runIf(process.platform === 'linux')('installation with apt', () => {
  it('updates, installs without recommended packages and asks nobody', async () => {
    expect(await install('exit 0')).toBe(0);
    expect(lines('calls')).toEqual([
      'noninteractive -o DPkg::Lock::Timeout=120 update',
      'noninteractive -o DPkg::Lock::Timeout=120 install -y --no-install-recommends rabbitmq-server',
    ]);
  });

  it('forbids services to start while it lasts, and only then', async () => {
    await install('exit 0');
    expect(lines('policies')).toEqual(['101', '101']);
    expect(existsSync(file('policy'))).toBe(false);
    expect(existsSync(file('policy.distrace'))).toBe(false);
  });

  it('leaves the policy of the machine as it is', async () => {
    writeFileSync(file('policy'), '#!/bin/sh\nexit 7\n', { mode: 0o755 });
    await install('exit 0');
    expect(lines('policies')).toEqual(['7', '7']);
    expect(readFileSync(file('policy'), 'utf8')).toBe('#!/bin/sh\nexit 7\n');
  });

  it('goes on when the lists cannot be updated', async () => {
    expect(await install('case "$*" in *update) exit 100;; esac')).toBe(0);
  });

  it('fails, and takes the policy away, when the package cannot be installed', async () => {
    expect(await install('exit 100')).toBe(100);
    expect(lines('calls').at(-1)).toMatch(/install -y rabbitmq-server$/);
    expect(existsSync(file('policy'))).toBe(false);
  });

  it('comes to its end when it is told to stop half-way', async () => {
    const child = start(`while [ ! -e ${file('go')} ]; do sleep 0.02; done`);
    const exit = once(child, 'exit');
    await expect.poll(() => existsSync(file('calls')), { timeout: 10_000 }).toBe(true);
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) child.kill(signal);
    writeFileSync(file('go'), '');
    expect(await exit).toEqual([0, null]);
    expect(lines('calls')).toHaveLength(2);
    expect(existsSync(file('policy'))).toBe(false);
  });
});

describe('canUseApt', () => {
  it('is true for root on Debian and its children only', () => {
    expect(canUseApt({ uid: 0, osRelease: 'NAME=x\nID=debian\n' })).toBe(true);
    expect(canUseApt({ uid: 0, osRelease: 'ID=pop\nID_LIKE="ubuntu debian"\n' })).toBe(true);
    expect(canUseApt({ uid: 1000, osRelease: 'ID=debian\n' })).toBe(false);
    expect(canUseApt({ uid: undefined, osRelease: 'ID=debian\n' })).toBe(false);
    expect(canUseApt({ uid: 0, osRelease: 'ID=fedora\nHOME_URL="https://debian"\n' })).toBe(false);
    expect(canUseApt({ uid: 0, osRelease: '' })).toBe(false);
  });
});

describe('serviceUids', () => {
  it("finds the packages' own accounts and no others", () => {
    const passwd = 'root:x:0:0::/root:/bin/sh\nepmd:x:102:1::/:\nrabbitmq:x:103:2::/var:\nme:x:1000:1:::\n';
    expect(serviceUids(passwd)).toEqual([102, 103]);
  });
});
