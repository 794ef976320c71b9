import { install } from './install.js';
import type { Installed } from './install.js';
import { exportAtEnd } from './process/exit.js';
import { makeSession } from './session.js';
import type { Start } from './session.js';
import { readSwitches } from './switch-board.js';
import { addToTally } from './thread-tally.js';
import type { Done } from './thread-tally.js';
import type { ThreadShare } from './thread-share.js';

const LOOK_INTERVAL_MS = 500;

/** Installs what the main thread has fetched; its switches come over shared memory, what the worker does goes back over it; new rules come with a new worker. */
export function startInWorker(begun: Start, share: ThreadShare): void {
  const { provisions, switches, tally } = share;
  const session = makeSession(begun, share, tally);
  const installed: Installed = install(
    provisions,
    session.installOptions(() => installed.manifest),
  );
  let told: Done | undefined;
  const tell = () => {
    const done = session.done();
    addToTally(tally, done, told);
    told = done;
  };
  exportAtEnd({ handles: () => installed.handles(), exitFlushMs: 0, isMainThread: false, last: tell });
  let seen = 0;
  const look = () => {
    tell();
    const news = readSwitches(switches, seen);
    if (news === undefined) return;
    seen = news.seen;
    for (const [name, enabled] of Object.entries(news.switches)) installed.control.setEnabled(name, enabled);
  };
  look();
  setInterval(look, LOOK_INTERVAL_MS).unref();
}
