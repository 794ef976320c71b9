import type { CliIo } from '../io.js';
import { ruleLines, serverRuleLines } from '../explain/rule-lines.js';
import type { IdentifiedFile } from '../files/identify.js';
import { loadRules } from '../rules.js';
import { viewOfServer } from '../server/server-view.js';
import type { ServerView } from '../server/server-view.js';
import { diffOf, readScript, rulesOf, weaveFile } from '../weave-file.js';

export interface DoctorOptions {
  readonly rules?: readonly string[];
  readonly server?: string;
  readonly token?: string;
  readonly service: string;
  readonly send: boolean;
}

/** `distrace doctor FILE`: what the file is, which rules touch it and why others do not, phase, time and diff. */
export async function doctorCommand(path: string, options: DoctorOptions, io: CliIo): Promise<void> {
  const file = await readScript(path, io.cwd);
  const { identity } = file;
  const owner = identity.package === '' ? 'no package' : `${identity.package} ${identity.version}`.trimEnd();
  say(io, 'file', `${identity.path} of ${owner}, ${identity.format === 'esm' ? 'ESM' : 'CommonJS'}`);
  say(io, 'source', `sha256 ${identity.source}`);
  if (options.rules !== undefined) await withRules(file, options.rules, io);
  if (options.server !== undefined) await withServer(file, { ...options, server: options.server }, io);
  if (options.rules === undefined && options.server === undefined) {
    say(io, 'rules', 'none were given: add --rules EXTENSION or --server CONNECTION');
  }
}

async function withRules(file: IdentifiedFile, extensions: readonly string[], io: CliIo): Promise<void> {
  const { definitions, prepared } = await loadRules(extensions, io.cwd);
  const marked = rulesOf(file, prepared);
  const startedMs = io.clock();
  const { functions, result } = weaveFile(file, marked);
  const tookMs = io.clock() - startedMs;
  say(io, 'key', marked.key ?? 'none: no rule may touch this file');
  say(io, 'rules', `${marked.rules.length} of ${definitions.length} may touch this file`);
  for (const line of ruleLines({
    file,
    definitions,
    rules: marked.rules,
    functions,
    probes: result.probes,
  })) {
    io.out(`  ${line}\n`);
  }
  for (const { code, reason, function: name, line } of result.report.refused) {
    say(io, 'refused', `${name === undefined ? 'the file' : `${name}:${line}`}: ${reason} (${code})`);
  }
  say(io, 'phase', 'woven here; no server was asked');
  say(io, 'time', `${tookMs.toFixed(1)} ms to parse, match and weave`);
  sayDiff(io, diffOf(file, result.code));
}

async function withServer(
  file: IdentifiedFile,
  { server, token, service, send }: DoctorOptions & { readonly server: string },
  io: CliIo,
): Promise<void> {
  const view = await viewOfServer(file, {
    server,
    token: token ?? io.env['DISTRACE_AGENT_TOKEN'],
    service,
    send,
    clock: () => io.clock(),
  });
  const lines = serverRuleLines(view.rules, file, view.probes);
  say(io, 'server', `${server}, service ${service}, ${lines.length} rules`);
  for (const line of lines) io.out(`  ${line}\n`);
  say(io, 'phase', phaseOf(view));
  say(io, 'time', `${view.tookMs.toFixed(1)} ms to ask the server`);
  sayDiff(io, diffOf(file, view.code));
}

function phaseOf({ answer, phaseBefore }: ServerView): string {
  const before = phaseBefore ?? 'not there';
  switch (answer.status) {
    case 'need-source':
      return 'not there: the server does not have this source; --send sends it';
    case 'refused':
      return `refused: ${answer.reason}`;
    default:
      return `${answer.phase}; before the question ${before}; ${answer.status === 'woven' ? 'woven' : 'not marked'}`;
  }
}

function say(io: CliIo, what: string, text: string): void {
  io.out(`${`${what.padEnd(8)} ${text}`.trimEnd()}\n`);
}

function sayDiff(io: CliIo, diff: string): void {
  say(io, 'diff', diff === '' ? 'none: the file stays as it is' : '');
  if (diff !== '') io.out(diff);
}
