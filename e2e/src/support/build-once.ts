import { resolve } from 'node:path';
import { startGuardian } from '@distrace/broker';
import { buildWorkspace } from '@distrace/start';

/**
 * What `npm start` needs, with and without `--untraced`, is built before any test: a run that builds would take
 * the files away under the feet of others.
 */
export default async function setup(): Promise<void> {
  const guardian = startGuardian();
  const options = { guardian, signal: AbortSignal.timeout(300_000), log: () => {}, env: process.env };
  try {
    await buildWorkspace(resolve(import.meta.dirname, '../../..'), options);
    await buildWorkspace(resolve(import.meta.dirname, '../../..'), { ...options, untraced: true });
  } finally {
    await guardian.close();
  }
}
