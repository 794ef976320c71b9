type GlobalApi = Record<string, unknown> & { readonly version?: string };

/** What `internal/global-utils` of `@opentelemetry/api` exports. */
export interface ApiGlobals {
  registerGlobal(type: string, instance: unknown, diag: unknown, allowOverride?: boolean): boolean;
  getGlobal(type: string): unknown;
  unregisterGlobal(type: string): void;
}

const KEY = Symbol.for('opentelemetry.js.api.1');
/** Taken over from the application as soon as it registers them; the rest, the logger above all, stays ours. */
const SHARED: ReadonlySet<string> = new Set(['trace', 'context', 'propagation']);

/**
 * Where the bundle's copy of OpenTelemetry's API keeps what is registered with it: with itself, so that an
 * application which registers its own SDK, before or after, finds the place free. From then on woven spans go through
 * the application's provider and context, into its traces. `isCompatible` is the API's rule for versions.
 */
export function createApiGlobals(isCompatible: (version: string) => boolean): ApiGlobals {
  const own = new Map<string, unknown>();
  const shared = globalThis as { [KEY]?: GlobalApi };
  let checked: GlobalApi | undefined;
  let isUsable = false;

  function ofApplication(type: string): unknown {
    const api = shared[KEY];
    if (api === undefined || !SHARED.has(type)) return undefined;
    if (api !== checked) {
      checked = api;
      isUsable = typeof api.version === 'string' && isCompatible(api.version);
    }
    return isUsable ? api[type] : undefined;
  }

  return {
    getGlobal: (type) => ofApplication(type) ?? own.get(type),
    registerGlobal(type, instance, _diag, allowOverride = false) {
      if (!allowOverride && own.has(type)) return false;
      own.set(type, instance);
      return true;
    },
    unregisterGlobal: (type) => void own.delete(type),
  };
}
