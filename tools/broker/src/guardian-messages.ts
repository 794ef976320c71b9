import type { AdoptedProcess } from './wards.ts';

/** What the parent tells its guardian, one JSON text a line. */
export type GuardianMessage =
  | { readonly do: 'adopt-process'; readonly adopted: AdoptedProcess }
  | { readonly do: 'release-process'; readonly pid: number }
  | { readonly do: 'adopt-folder'; readonly path: string }
  | { readonly do: 'release-folder'; readonly path: string };

/** How long an adopted process may take to go after SIGTERM. */
export const graceMs = 3_000;
