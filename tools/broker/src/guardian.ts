import { spawn } from 'node:child_process';
import { tmpdir } from 'node:os';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { fileURLToPath } from 'node:url';
import { BrokerError } from './errors.ts';
import { graceMs } from './guardian-messages.ts';
import type { GuardianMessage } from './guardian-messages.ts';
import { listProcesses, startTimeOf } from './process-table.ts';
import { checkFolder, Wards } from './wards.ts';

/** Ends what this process started when this process goes, however it goes: return, crash, Ctrl-C, SIGKILL. */
export interface Guardian {
  /**
   * From now on the process is ended (SIGTERM, after 3 s SIGKILL) when we go; with `group` (default false) the whole
   * group it leads, which it does when spawned with `detached: true`. A process that is gone already is fine.
   */
  adoptProcess(pid: number, options?: { readonly group?: boolean }): void;
  /** The process is somebody else's again. */
  releaseProcess(pid: number): void;
  /** From now on the folder is removed when we go. Throws DT_ERR_GUARDIAN_FOLDER unless it is a `distrace-…` below os.tmpdir(). */
  adoptFolder(path: string): void;
  /** The folder stays. */
  releaseFolder(path: string): void;
  /** Resolves with what happened when the guardian ended although nobody closed it; `close` then does its work. */
  readonly lost: Promise<BrokerError>;
  /** Ends and removes what is still adopted; resolves when the guardian itself is gone. Idempotent. */
  close(): Promise<void>;
}

/** How long after its pipe broke a guardian may take to be reported as ended; one that lives on is of no use either way. */
const exitReportMs = 1_000;

// Only what Node needs to run: NODE_OPTIONS would bring the parent's loaders, inspectors and agents along.
const keptVariables = ['PATH', 'HOME', 'TMPDIR', 'TMP', 'TEMP', 'SystemRoot'] as const;

/** Starts a guardian: a small process of its own session that a terminal's Ctrl-C does not reach. It never keeps us running. */
export function startGuardian(): Guardian {
  const child = spawn(process.execPath, [fileURLToPath(new URL('guardian-process.ts', import.meta.url))], {
    detached: true,
    cwd: tmpdir(),
    stdio: ['pipe', 'ignore', 'ignore'],
    env: Object.fromEntries(keptVariables.map((name) => [name, process.env[name]])),
  });
  const pipe = child.stdin as Socket;
  const wards = new Wards();
  const realPaths = new Map<string, string>(); // a folder that is removed has none any more
  let gone: string | undefined;
  let closing: Promise<void> | undefined;
  const lost = Promise.withResolvers<BrokerError>();
  const left = (why: string) => {
    if (gone != null) return;
    gone = why;
    lost.resolve(
      new BrokerError(
        'DT_ERR_GUARDIAN_GONE',
        `A guardian must live until it is closed, but ${why}: from now on nobody would clean up after a kill. Start again.`,
      ),
    );
  };
  child.once('error', (error) => left(`it could not start: ${error.message}`));
  child.once('exit', (code, signal) => left(`it ended early (${signal ?? `exit code ${String(code)}`})`));
  // A killed guardian breaks its pipe before its end is reported, and the end says more.
  pipe.on('error', () => setTimeout(() => left('its pipe broke'), exitReportMs).unref());
  child.unref();
  pipe.unref();

  const tell = (message: GuardianMessage) => {
    if (gone == null) pipe.write(`${JSON.stringify(message)}\n`);
  };
  const mustBeThere = () => {
    if (gone == null) return;
    throw new BrokerError(
      'DT_ERR_GUARDIAN_GONE',
      `Only a running guardian can adopt, but ${gone}. Start another with startGuardian(), on Node 22.22.3 or later.`,
    );
  };

  const close = async () => {
    if (gone == null) {
      gone = 'it was closed';
      child.ref();
      const exit = once(child, 'exit');
      pipe.end();
      await exit;
    }
    gone = 'it was closed';
    // Nothing is left to do here, unless the guardian itself was killed.
    await wards.endAll({ graceMs });
  };

  return {
    lost: lost.promise,
    adoptProcess(pid, { group = false } = {}) {
      mustBeThere();
      checkPid(pid, group);
      const startTime = startTimeOf(pid);
      if (startTime == null) return;
      const adopted = { pid, group, startTime };
      wards.adoptProcess(adopted);
      tell({ do: 'adopt-process', adopted });
    },
    releaseProcess(pid) {
      wards.releaseProcess(pid);
      tell({ do: 'release-process', pid });
    },
    adoptFolder(path) {
      mustBeThere();
      const real = checkFolder(path);
      realPaths.set(path, real);
      wards.adoptFolder(real);
      tell({ do: 'adopt-folder', path: real });
    },
    releaseFolder(path) {
      const real = realPaths.get(path) ?? path;
      wards.releaseFolder(real);
      tell({ do: 'release-folder', path: real });
    },
    close() {
      closing ??= close();
      return closing;
    },
  };
}

function checkPid(pid: number, group: boolean): void {
  if (!Number.isSafeInteger(pid) || pid <= 1) throw wrongProcess(`the pid is ${pid}`);
  if (pid === process.pid) throw wrongProcess(`${pid} is this process itself`);
  if (!group) return;
  const entry = listProcesses().find((candidate) => candidate.pid === pid);
  if (entry != null && entry.group !== pid) throw wrongProcess(`${pid} belongs to group ${entry.group}`);
}

function wrongProcess(came: string): BrokerError {
  return new BrokerError(
    'DT_ERR_GUARDIAN_PROCESS',
    `Only a process that we started may be adopted, as a group only when spawned with "detached: true", but ${came}.`,
  );
}
