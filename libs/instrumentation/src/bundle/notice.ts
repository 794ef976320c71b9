import type { OwningPackage } from './source-name.js';

/**
 * The comment at the bundle's top: whose code it holds, in which version, under which license. Comments inside the
 * sources that licenses want kept stand at the bundle's end.
 */
export function notice(owners: readonly (OwningPackage | undefined)[]): string {
  const lines = owners
    .filter((owner) => owner !== undefined)
    .map(({ name, version, license }) => ` * ${name}@${version} (${license})`);
  return ['/* Distrace helper bundle. Holds code of', ...new Set(lines.toSorted()), ' */']
    .join('\n')
    .replaceAll(/\*\/(?=[^]*\*\/)/g, '* /');
}
