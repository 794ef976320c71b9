import semver from 'semver';

/** Whether a package's version is in a range. Pre-releases of 5 count as 5. */
export function versionMatches(range: string, version: string): boolean {
  if (range === '*') return true;
  return semver.valid(version) !== null && semver.satisfies(version, range, { includePrerelease: true });
}

/** Whether a text is a version range. */
export function isVersionRange(range: string): boolean {
  return range.trim() !== '' && semver.validRange(range) !== null;
}
