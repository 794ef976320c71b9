/** Which files a rule may touch, compiled so that the process decides without the server. */
export interface FileFilter {
  /** Package names; null: any package. The application itself is the package of its nearest package.json. */
  readonly packages: readonly string[] | null;
  /** Source of a regular expression (no flags) over the path inside its package (`dist/main.js`); null: any file. */
  readonly path: string | null;
  /** Words that a source must hold, each of them; empty: any source. */
  readonly words: readonly string[];
}

/** One interceptor as the process must know it. */
export interface ManifestRule {
  readonly name: string;
  /** Any of them; a rule without a filter matches nothing. */
  readonly files: readonly FileFilter[];
  /** Switched off centrally: its probes stay woven and do nothing. */
  readonly enabled: boolean;
}

/** What a server offers one service. Travels signed; see `Signed`. */
export interface Manifest {
  readonly v: 1;
  readonly service: string;
  /** Never goes back: milliseconds since the epoch of the last change of rules, bundle or switches. */
  readonly serial: number;
  /** Milliseconds since the epoch. */
  readonly issuedAtMs: number;
  readonly expiresAtMs: number;
  /** SHA-256 over the rules and the weaver's version; names what edit lists were made from. */
  readonly rulesHash: string;
  readonly weaver: number;
  readonly rules: readonly ManifestRule[];
  /** The helper bundle: interceptors, TraceContext, exporters, one CommonJS text. */
  readonly bundle: { readonly sha256: string; readonly sizeBytes: number };
  /** How often a running process should ask again. */
  readonly pollIntervalMs: number;
}

/** What a service needed before, so that a start needs one request. Travels signed. */
export interface Pack {
  readonly v: 1;
  readonly service: string;
  readonly serial: number;
  readonly rulesHash: string;
  /** By file key (see `fileKey`): the edit list, or null for "not marked". */
  readonly files: Readonly<Record<string, import('./edit-list.js').EditList | null>>;
}
