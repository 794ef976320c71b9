import { install } from './install.js';
import type { Installed } from './install.js';
import { exportAtEnd } from './process/exit.js';
import { makeSession } from './session.js';
import type { Start } from './session.js';
import { readSwitches } from './switch-board.js';
import type { ThreadShare } from './thread-share.js';

const LOOK_INTERVAL_MS = 500;

/** Installs what the main thread has fetched; its switches come over shared memory, new rules with a new worker. */
export function startInWorker(begun: Start, share: ThreadShare): void {
  const { provisions, switches } = share;
  const session = makeSession(begun, share);
  const installed: Installed = install(
    provisions,
    session.installOptions(() => installed.manifest),
  );
  exportAtEnd({ handles: () => installed.handles(), exitFlushMs: 0, isMainThread: false });
  let seen = 0;
  const look = () => {
    const news = readSwitches(switches, seen);
    if (news === undefined) return;
    seen = news.seen;
    for (const [name, enabled] of Object.entries(news.switches)) installed.control.setEnabled(name, enabled);
  };
  look();
  setInterval(look, LOOK_INTERVAL_MS).unref();
}
