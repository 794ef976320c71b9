const lists = new Map<string, unknown[]>();
const maps = new Map<string, Map<unknown, unknown>>();

/**
 * The thesis' storage: lists and maps by name, shared by all interceptors of a process (of a thread, with worker
 * threads), for what is known in one method and needed in another. Nothing leaves by itself: remove what is done with.
 */
export const StorageUtils = Object.freeze({
  /** The list of this name; an empty one at first. */
  getList<T = unknown>(name: string): T[] {
    let list = lists.get(name);
    if (list === undefined) lists.set(name, (list = []));
    return list as T[];
  },

  /** The map of this name; an empty one at first. */
  getMap<K = unknown, V = unknown>(name: string): Map<K, V> {
    let map = maps.get(name);
    if (map === undefined) maps.set(name, (map = new Map()));
    return map as Map<K, V>;
  },

  /** Whether a list of this name is kept. */
  hasList: (name: string): boolean => lists.has(name),

  /** Whether a map of this name is kept. */
  hasMap: (name: string): boolean => maps.has(name),

  /** Forgets the list of this name. */
  removeList: (name: string): boolean => lists.delete(name),

  /** Forgets the map of this name. */
  removeMap: (name: string): boolean => maps.delete(name),
});
