import type { HandshakeAnswer } from '@distrace/instrumentation/wire';
import { firstProvisions, readPackFile } from './first-provisions.js';
import { handshake, handshakeSync } from './handshake.js';
import { install } from './install.js';
import type { Installed } from './install.js';
import { keepInTouch, optionsOf } from './keep-in-touch.js';
import { LOOK_BACK_AFTER_MS, lookBack } from './look-back.js';
import { findPlace, findPlaceSync } from './place.js';
import { exportAtEnd } from './process/exit.js';
import { watchForOthers } from './process/others.js';
import { haveOf, keep, readKept, textsOf } from './provisions.js';
import type { KeptTexts, Provisions } from './provisions.js';
import { makeSession } from './session.js';
import type { Session, Start } from './session.js';
import { makeSwitchBoard, postSwitches } from './switch-board.js';
import { shareWithThreads } from './thread-share.js';
import { givePlaces, makeTally } from './thread-tally.js';

/** Fetches, checks, installs, and keeps in touch. Rejects when there is nothing to follow. */
export async function startInMainThread(begun: Start): Promise<void> {
  const { settings } = begun;
  const place = await findPlace(begun);
  if (place === undefined) return;
  const session = makeSession(begun, place, makeTally());
  const here = readKept(session.kept, session.trust());
  const { endpoint } = session.place;
  let answer: () => HandshakeAnswer = () => readPackFile(settings);
  if (endpoint !== undefined) {
    const wanted = session.packs.wanted(haveOf(here));
    answer = await handshake(endpoint, session.facts(undefined), wanted, optionsOf(session)).then(
      (came) => () => came,
      (error: unknown) => () => raise(error),
    );
  }
  proceed(session, here, answer);
}

/** The same where nothing can be awaited: a thread asks while this one waits, which costs its start of 30 ms. */
export function startInMainThreadSync(begun: Start): void {
  const { settings } = begun;
  const session = makeSession(begun, findPlaceSync(begun), makeTally());
  const here = readKept(session.kept, session.trust());
  const { endpoint } = session.place;
  const wanted = session.packs.wanted(haveOf(here));
  const { askSync } = session;
  proceed(session, here, () =>
    endpoint === undefined
      ? readPackFile(settings)
      : handshakeSync(endpoint, session.facts(undefined), wanted, { ...optionsOf(session), askSync }),
  );
}

function raise(error: unknown): never {
  throw error;
}

function proceed(session: Session, here: KeptTexts, answer: () => HandshakeAnswer): void {
  const switches = makeSwitchBoard();
  // Not read from the disk again: there may be none, and other processes write there too.
  let have = here;
  let installed: Installed | undefined;
  const follow = (provisions: Provisions) => {
    if (installed === undefined) installed = start(session, provisions);
    else installed.update(provisions);
    const { manifest } = provisions;
    postSwitches(switches, Object.fromEntries(manifest.rules.map(({ name, enabled }) => [name, enabled])));
    givePlaces(
      session.tally,
      manifest.rules.map(({ name }) => name),
    );
    shareWithThreads({ ...session.place, provisions, switches, tally: session.tally });
    // Not before: what does not run must not be what the next start falls back on.
    keep(session.kept, provisions, have);
    have = textsOf(provisions);
    session.packs.report();
  };
  try {
    follow(firstProvisions(session, here, answer));
  } finally {
    keepInTouch(session, { have: () => have, manifest: () => installed?.manifest, follow });
  }
}

function start(session: Session, provisions: Provisions): Installed {
  const installed: Installed = install(
    provisions,
    session.installOptions(() => installed.manifest),
  );
  const compiled = installed.evaluated.compiled();
  if (compiled !== undefined) session.kept.keepCompiled(provisions.manifest.bundle.sha256, compiled);
  endWell(session, installed);
  return installed;
}

/** What is said when the app has loaded, and exported when it ends. */
function endWell(session: Session, installed: Installed): void {
  const { log, counts, settings, ownThreads, farewell } = session;
  const isFirst = session.place.isFirst === true;
  const manifest = () => installed.manifest;
  const hasOthers = isFirst ? watchForOthers(ownThreads) : () => true;
  const look = lookBack({ log, counts, manifest, isFirst, hasOthers });
  if (isFirst && manifest().rules.length === 0) look();
  else setTimeout(look, LOOK_BACK_AFTER_MS).unref();
  exportAtEnd({
    handles: () => installed.handles(),
    exitFlushMs: settings.exitFlushMs,
    isMainThread: true,
    farewell: () => farewell(manifest()),
    last: look,
  });
}
