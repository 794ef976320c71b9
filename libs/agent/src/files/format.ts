import { compileFunction } from 'node:vm';
import type { ModuleFormat } from '@distrace/instrumentation/wire';

const MAY_BE_ESM = /\b(?:import|export|await)\b/;
const WRAPPER = ['exports', 'require', 'module', '__filename', '__dirname'];

/**
 * How Node will evaluate a module. `hinted` is what the loader says: undefined for a `.js` that was required from
 * a package without a "type", where Node itself decides by trying. Undefined: nothing to weave (JSON, add-ons,
 * TypeScript, which arrives with its types).
 */
export function formatOf(hinted: string | null | undefined, text: () => string): ModuleFormat | undefined {
  if (hinted === 'commonjs') return 'cjs';
  if (hinted === 'module') return 'esm';
  if (hinted !== undefined && hinted !== null) return undefined;
  const source = text().replace(/^\uFEFF?#!.*/, '');
  if (!MAY_BE_ESM.test(source)) return 'cjs';
  try {
    compileFunction(source, WRAPPER);
    return 'cjs';
  } catch {
    return 'esm';
  }
}
