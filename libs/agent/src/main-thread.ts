import { readFileSync } from 'node:fs';
import type { HandshakeAnswer, Manifest } from '@distrace/instrumentation/wire';
import type { Settings } from './args/settings.js';
import { AgentError, reasonOf } from './errors.js';
import { handshake, handshakeSync, readHandshake } from './handshake.js';
import type { HandshakeOptions } from './handshake.js';
import { install } from './install.js';
import type { Installed } from './install.js';
import { LOOK_BACK_AFTER_MS, lookBack } from './look-back.js';
import { joinTree, placeInTree } from './local/join-tree.js';
import { readTree } from './local/tree.js';
import { exportAtEnd } from './process/exit.js';
import { watchForOthers } from './process/others.js';
import { pollInBackground, pollIntervalMs } from './poll.js';
import { haveOf, keep, provisionsFrom, readKept, textsOf } from './provisions.js';
import type { KeptTexts, Provisions, ProvisionsOptions } from './provisions.js';
import { endpointOf } from './server.js';
import { serviceName } from './service-name.js';
import { makeSession } from './session.js';
import type { Place, Session, Start } from './session.js';
import { makeSwitchBoard, postSwitches } from './switch-board.js';
import { shareWithThreads } from './thread-share.js';
import { pinnedKeys } from './trust/pinned-keys.js';

/** Fetches, checks, installs, and keeps in touch. Rejects when there is nothing to follow. */
export async function startInMainThread(begun: Start): Promise<void> {
  const { settings } = begun;
  const place = await findPlace(begun);
  if (place === undefined) return;
  const session = makeSession(begun, place);
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
  const tree = settings.connection.kind === 'ipc' ? readTree(process.env) : undefined;
  if (settings.connection.kind === 'ipc' && tree === undefined) {
    throw new AgentError(
      'DT_ERR_AGENT_ARGS',
      'connection=ipc takes node --import @distrace/agent/register, got --require',
    );
  }
  const session = makeSession(
    begun,
    tree === undefined ? placeOf(settings) : { ...placeInTree(tree), service: serviceOf(settings) },
  );
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

function optionsOf({ settings, packs, log }: Session): HandshakeOptions {
  return { timeoutMs: settings.timeoutMs, packTooLarge: (error) => packs.tooLarge(error), log };
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
    shareWithThreads({ ...session.place, provisions, switches });
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

async function findPlace({ settings, log }: Start): Promise<Place | undefined> {
  if (settings.connection.kind !== 'ipc') return placeOf(settings);
  const joined = await joinTree(settings, process.env, (error) => log.warn(error));
  return joined && { ...joined, service: serviceOf(settings) };
}

function placeOf(settings: Settings): Place {
  return {
    endpoint: endpointOf(settings.connection, settings.token),
    publicKeys: pinnedKeys(settings.publicKey ?? '', (path) => readFileSync(path, 'utf8')),
    service: serviceOf(settings),
  };
}

function serviceOf({ service }: Settings): string {
  return service ?? serviceName(process.argv[1], process.env);
}

/** What was answered, else what the disk has. */
function firstProvisions(session: Session, here: KeptTexts, answer: () => HandshakeAnswer): Provisions {
  try {
    return provisionsFrom(answer(), here, session.trust(), acceptance(session));
  } catch (error) {
    session.breaker.failed();
    return fallBack(session, here, error);
  }
}

/** With a pack file alone there is nobody to ask about what its pack does not say. */
function acceptance({ kept, packs, place }: Session): ProvisionsOptions {
  return {
    bundleOf: (hash) => kept.bundle(hash),
    refusePack: place.endpoint && ((text, error) => packs.refuse(text, error)),
  };
}

function fallBack(session: Session, here: KeptTexts, error: unknown): Provisions {
  let provisions: Provisions;
  try {
    if (here.manifestText === undefined) throw error;
    const nothingNew = { protocol: 1, manifest: null, bundle: null, pack: null };
    provisions = provisionsFrom(nothingNew, here, session.trust(), acceptance(session));
  } catch {
    throw error;
  }
  const code = error instanceof AgentError ? error.code : 'DT_ERR_AGENT_REFUSED';
  session.log.warn(new AgentError(code, `${reasonOf(error)}; the app is traced by what was kept`));
  return provisions;
}

function readPackFile({ connection }: Settings) {
  const path = connection.kind === 'file' ? connection.path : '';
  try {
    return readHandshake(JSON.parse(readFileSync(path, 'utf8')));
  } catch (error) {
    throw new AgentError(
      'DT_ERR_AGENT_REFUSED',
      `The pack file ${path} must be readable, got: ${reasonOf(error)}`,
    );
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

interface Touch {
  readonly have: () => KeptTexts;
  /** Undefined while there is nothing to follow. */
  readonly manifest: () => Manifest | undefined;
  readonly follow: (provisions: Provisions) => void;
}

/** Asks again and again, so that switches and rules reach this process, and a server that was away is found again. */
function keepInTouch(session: Session, { have, manifest, follow }: Touch): void {
  const { place, settings, breaker, packs, log } = session;
  const { endpoint } = place;
  if (endpoint === undefined || settings.pollIntervalMs === 0) return;
  const interval = () => pollIntervalMs(settings.pollIntervalMs ?? manifest()?.pollIntervalMs);
  pollInBackground({
    setTimer: setTimeout,
    delayMs: () => (breaker.failing ? breaker.pauseMs : interval()),
    poll: async () => {
      const here = have();
      try {
        const options = { ...optionsOf(session), background: true };
        const wanted = packs.wanted(haveOf(here));
        const answer = await handshake(endpoint, session.facts(manifest()), wanted, options);
        const provisions = provisionsFrom(answer, here, session.trust(), acceptance(session));
        if (isNews(provisions, here, manifest())) follow(provisions);
        packs.report();
        breaker.recovered();
        log.debug(() => `poll: ${answer.manifest === null ? 'nothing new' : 'another manifest'}`);
      } catch (error) {
        breaker.failed();
        log.warn(withConsequence(error, manifest() !== undefined, breaker.pauseMs));
      }
    },
  });
}

function withConsequence(error: unknown, isTraced: boolean, pauseMs: number): AgentError {
  const so = isTraced ? 'rules and switches stay as they are' : 'the app runs untraced';
  const text = `${reasonOf(error)}; ${so}; asking again in ${Math.ceil(pauseMs / 1000)} s`;
  return new AgentError(error instanceof AgentError ? error.code : 'DT_ERR_AGENT_REFUSED', text);
}

/** Another manifest, or a pack for the next start. */
function isNews({ texts }: Provisions, here: KeptTexts, manifest: Manifest | undefined): boolean {
  return manifest === undefined || texts.manifest !== here.manifestText || texts.pack !== here.packText;
}
