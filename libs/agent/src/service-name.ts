import { basename } from 'node:path';
import { Owners } from './files/owner.js';

/** The name of the package that the main file belongs to, else the file's own. */
export function serviceName(
  mainFile: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): string {
  const told = env['OTEL_SERVICE_NAME'];
  if (told !== undefined && told !== '') return told;
  if (mainFile === undefined || mainFile === '') return 'node';
  const { name } = new Owners().of(mainFile);
  return name === '' ? basename(mainFile).replace(/\.[cm]?js$/, '') || 'node' : name;
}
