const commands: readonly (readonly [ids: readonly string[], command: string])[] = [
  [['debian', 'ubuntu'], 'sudo apt-get update && sudo apt-get install -y rabbitmq-server'],
  [['fedora', 'rhel', 'centos'], 'sudo dnf install -y rabbitmq-server'],
  [['alpine'], 'sudo apk add rabbitmq-server'],
  [['arch'], 'sudo pacman -S rabbitmq'],
  [['suse', 'opensuse'], 'sudo zypper install rabbitmq-server'],
];

/** What to type on this system to get RabbitMQ, and the ways that work everywhere. */
export function installHint(system: {
  readonly platform: NodeJS.Platform;
  readonly osRelease: string;
}): string {
  return [`To get a broker: ${nativeWay(system)}.`, ...everywhere].join('\n');
}

const everywhere = [
  'Or, with Docker: docker run -d -p 127.0.0.1:5672:5672 rabbitmq:4',
  'Or set AMQP_URL to a broker you have: amqp://USER:PASSWORD@HOST:5672/VHOST',
] as const;

function nativeWay({ platform, osRelease }: { platform: NodeJS.Platform; osRelease: string }): string {
  if (platform === 'darwin') return 'brew install rabbitmq';
  if (platform === 'win32') {
    return 'choco install rabbitmq (it runs as a service on port 5672), or the installer from rabbitmq.com';
  }
  const ids = /^ID="?([^"\n]*)"?$/m.exec(osRelease)?.[1] ?? '';
  const likes = /^ID_LIKE="?([^"\n]*)"?$/m.exec(osRelease)?.[1] ?? '';
  const all = [ids, ...likes.split(' ')];
  const known = all
    .map((id) => commands.find(([names]) => names.includes(id)))
    .find((entry) => entry != null);
  return known?.[1] ?? "install the package rabbitmq-server with your system's package manager";
}
