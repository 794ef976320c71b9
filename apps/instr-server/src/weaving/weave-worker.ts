import { weave, weaveRules } from '@distrace/instrumentation/weaving';
import type { WeaveResult, WeaveTask } from './weave-task.js';

/** Runs in a thread of the pool: weaves one file. */
export default function weaveFile({ text, source, path, format, rules, started }: WeaveTask): WeaveResult {
  Atomics.store(started, 0, 1);
  Atomics.notify(started, 0);
  const { edits, report } = weave(text, { path, format, rules: weaveRules(rules), sourceHash: source });
  const reasons = report.refused.map(({ code, reason, function: name, line }) =>
    name === undefined ? `${code}: ${reason}` : `${code}: ${name}, line ${line}: ${reason}`,
  );
  if (edits.edits.length > 0) return { status: 'woven', edits: JSON.stringify(edits), refused: reasons };
  return reasons.length > 0 ? { status: 'refused', reason: reasons.join('; ') } : { status: 'not-marked' };
}
