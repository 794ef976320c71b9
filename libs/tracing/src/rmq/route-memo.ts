import { flatText } from './flat-text.js';

/** Where Nest's servers find the route of a pattern. */
export interface RoutingServer {
  getRouteFromPattern?(pattern: string): string;
}

/** Patterns come from strangers: beyond these bounds they are worked out each time, as without us. */
const MAX_ROUTES = 1000;
const MAX_PATTERN_LENGTH = 256;

/**
 * Remembers the routes of patterns. Nest tries each pattern as JSON first, twice for an event; for the plain word that
 * most patterns are, that throws, and an error costs 8 µs, more the deeper the stack: this gives back what our hooks
 * put on it, and more. Changes this instance only, and only Nest's own method, which answers alike each time.
 */
export function rememberRoutes(server: RoutingServer): void {
  if (!hasNestsOwn(server)) return;
  const { getRouteFromPattern } = server;
  if (getRouteFromPattern === undefined) return;
  const routes = new Map<string, string>();
  server.getRouteFromPattern = function (this: unknown, pattern) {
    const known = routes.get(pattern);
    if (known !== undefined) return known;
    const route = getRouteFromPattern.call(this, pattern);
    const isShort = typeof pattern === 'string' && pattern.length <= MAX_PATTERN_LENGTH;
    if (isShort && typeof route === 'string' && routes.size < MAX_ROUTES) {
      // A deserializer of the application's may have cut the pattern from the whole message.
      routes.set(flatText(pattern), flatText(route));
    }
    return route;
  };
}

/** Somebody else's may depend on more than the pattern. */
function hasNestsOwn(server: object): boolean {
  for (let at: unknown = server; typeof at === 'object' && at !== null; at = Object.getPrototypeOf(at)) {
    if (Object.hasOwn(at, 'getRouteFromPattern')) return at !== server && at.constructor.name === 'Server';
  }
  return false;
}
