import type {
  AgentFacts,
  FileIdentity,
  HandshakeRequest,
  HasRequest,
  InstrumentRequest,
} from '@distrace/instrumentation/wire';
import { quoted } from '@distrace/nest-server';
import { ServerProblem } from '../problem.js';

/** Files in one question of `POST /v1/has`. */
export const MAX_HAS_FILES = 10_000;

type Fields = Readonly<Record<string, unknown>>;

/** The message of a handshake. Unknown fields are left alone: a newer agent may say more. @throws ServerProblem 400. */
export function readHandshake(value: unknown): HandshakeRequest {
  const body = fields(value, 'body');
  const have = body['have'] === undefined ? {} : fields(body['have'], 'have');
  const pack = body['pack'];
  if (pack !== undefined && typeof pack !== 'boolean') throw refuse('pack', 'true or false', pack);
  return {
    agent: readAgent(fields(body['agent'], 'agent')),
    have: {
      manifest: optionalText(have['manifest'], 'have.manifest'),
      bundle: optionalText(have['bundle'], 'have.bundle'),
      pack: optionalText(have['pack'], 'have.pack'),
    },
    pack,
  };
}

/** What a process says when it ends; undefined where it says nothing. @throws ServerProblem 400. */
export function readGoodbye(value: unknown): AgentFacts | undefined {
  const { agent } = fields(value, 'body');
  return agent === undefined ? undefined : readAgent(fields(agent, 'agent'));
}

/** @throws ServerProblem 400. */
export function readInstrument(value: unknown): InstrumentRequest {
  const body = fields(value, 'body');
  const text = body['text'];
  if (text !== undefined && typeof text !== 'string') throw refuse('text', 'the source as text', text);
  return { service: readService(body['service']), file: readFile(body['file'], 'file'), text };
}

/** @throws ServerProblem 400. */
export function readHas(value: unknown): HasRequest {
  const body = fields(value, 'body');
  const files = body['files'];
  if (!Array.isArray(files) || files.length > MAX_HAS_FILES) {
    throw refuse('files', `a list of at most ${MAX_HAS_FILES} files`, files);
  }
  return {
    service: readService(body['service']),
    files: files.map((file, index) => readFile(file, `files[${index}]`)),
  };
}

/** @throws ServerProblem 400. */
export function readSwitch(value: unknown): { readonly enabled: boolean } {
  const { enabled } = fields(value, 'body');
  if (typeof enabled !== 'boolean') throw refuse('enabled', 'true or false', enabled);
  return { enabled };
}

/** A service's name. @throws ServerProblem 400. */
export function readService(value: unknown): string {
  // eslint-disable-next-line no-control-regex
  if (typeof value !== 'string' || !/^[^\u0000-\u001f\u007f]{1,200}$/.test(value)) {
    throw refuse('service', 'a name of 1 to 200 characters', value);
  }
  return value;
}

/** A SHA-256 in an address. @throws ServerProblem 400. */
export function readSha256(value: unknown, where: string): string {
  if (typeof value !== 'string' || !/^[0-9a-f]{64}$/.test(value)) {
    throw refuse(where, '64 lower-case hex digits', value);
  }
  return value;
}

function readAgent(agent: Fields): AgentFacts {
  const protocol = fields(agent['protocol'], 'agent.protocol');
  const agentId = agent['agentId'];
  if (typeof agentId !== 'string' || !/^[0-9a-f]{16}$/.test(agentId)) {
    throw refuse('agent.agentId', '16 lower-case hex digits', agentId);
  }
  const mode = agent['mode'];
  if (mode !== 'shared' && mode !== 'local') throw refuse('agent.mode', 'shared or local', mode);
  return {
    protocol: {
      min: whole(protocol['min'], 'agent.protocol.min'),
      max: whole(protocol['max'], 'agent.protocol.max'),
    },
    agentId,
    agentVersion: shortText(agent['agentVersion'], 'agent.agentVersion'),
    weaver: whole(agent['weaver'], 'agent.weaver'),
    service: readService(agent['service']),
    node: shortText(agent['node'], 'agent.node'),
    pid: whole(agent['pid'], 'agent.pid'),
    mode,
    serial: whole(agent['serial'], 'agent.serial'),
    rulesHash: shortText(agent['rulesHash'], 'agent.rulesHash'),
    woven: whole(agent['woven'], 'agent.woven'),
    missed: whole(agent['missed'], 'agent.missed'),
    ...(agent['hookErrors'] === undefined
      ? {}
      : { hookErrors: numbers(agent['hookErrors'], 'agent.hookErrors', MAX_NAME) }),
    ...(agent['pollIntervalMs'] === undefined
      ? {}
      : { pollIntervalMs: whole(agent['pollIntervalMs'], 'agent.pollIntervalMs') }),
    process:
      agent['process'] === undefined ? undefined : numbers(agent['process'], 'agent.process', MAX_FACT_NAME),
  };
}

/** Characters of the name of a fact, and of an interceptor. */
const MAX_FACT_NAME = 60;
const MAX_NAME = 256;

function numbers(value: unknown, where: string, maxName: number): Readonly<Record<string, number>> {
  const entries = Object.entries(fields(value, where));
  const bad = entries.find(([name, one]) => name.length > maxName || typeof one !== 'number');
  if (bad || entries.length > 50) throw refuse(where, 'at most 50 numbers by name', bad?.[1] ?? value);
  return Object.fromEntries(entries) as Record<string, number>;
}

function readFile(value: unknown, where: string): FileIdentity {
  const file = fields(value, where);
  const format = file['format'];
  if (format !== 'cjs' && format !== 'esm') throw refuse(`${where}.format`, 'cjs or esm', format);
  return {
    package: shortText(file['package'], `${where}.package`),
    version: shortText(file['version'], `${where}.version`),
    path: readPath(file['path'], `${where}.path`),
    format,
    source: readSha256(file['source'], `${where}.source`),
  };
}

/** Never an absolute one: where a file lies on somebody's disk is nobody else's business. */
function readPath(value: unknown, where: string): string {
  const isInside =
    typeof value === 'string' &&
    value.length > 0 &&
    value.length <= 1024 &&
    // eslint-disable-next-line no-control-regex
    !/[\\\u0000-\u001f]|^[a-z]:|^\/|(?:^|\/)\.\.?(?:\/|$)|\/\/|^[a-z]+:\/\//i.test(value);
  if (isInside) return value;
  throw new ServerProblem(
    400,
    'DT_ERR_SERVER_BODY',
    `${where} must be a path inside its package, with / between names, without .. and not absolute, got another text. Send the path from the folder of its package.json.`,
  );
}

function fields(value: unknown, where: string): Fields {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Fields;
  throw refuse(where, 'an object', value);
}

function shortText(value: unknown, where: string): string {
  if (typeof value === 'string' && value.length <= 256) return value;
  throw refuse(where, 'a text of at most 256 characters', value);
}

function optionalText(value: unknown, where: string): string | undefined {
  return value === undefined || value === null ? undefined : shortText(value, where);
}

function whole(value: unknown, where: string): number {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) return value;
  throw refuse(where, 'a whole number', value);
}

function refuse(where: string, rule: string, came: unknown): ServerProblem {
  return new ServerProblem(
    400,
    'DT_ERR_SERVER_BODY',
    `${where} must be ${rule}, got ${quoted(came)}. Send what the reference names.`,
  );
}
