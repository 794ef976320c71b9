import type { FileFilter, Manifest } from '@distrace/instrumentation/wire';

interface Compiled {
  readonly packages: ReadonlySet<string> | undefined;
  readonly path: RegExp | undefined;
  readonly words: readonly string[];
}

/** The text or bytes of a module as the loader has it. */
export interface Haystack {
  includes(word: string): boolean;
}

/** Decides for each file, without asking, whether a rule may touch it. No rule is lost: the filters over-approximate. */
export class Candidates {
  readonly #byPackage = new Map<string, Compiled[]>();
  readonly #anyPackage: Compiled[] = [];
  readonly #ignored: ReadonlySet<string>;

  constructor(manifest: Pick<Manifest, 'rules'>, ignored: readonly string[] = []) {
    this.#ignored = new Set(ignored);
    for (const filter of manifest.rules.flatMap(({ files }) => files)) {
      const compiled = compile(filter);
      if (compiled.packages === undefined) this.#anyPackage.push(compiled);
      else for (const name of compiled.packages) this.#listOf(name).push(compiled);
    }
  }

  /** Whether there is anything to look for at all. */
  get size(): number {
    return this.#byPackage.size + this.#anyPackage.length;
  }

  /** Whether a file of that package and path, holding that source, may be touched. */
  has(name: string, path: string, source: Haystack): boolean {
    if (this.#ignored.has(name)) return false;
    return (
      fits(this.#byPackage.get(name), path, source) ||
      (this.#anyPackage.length > 0 && fits(this.#anyPackage, path, source))
    );
  }

  #listOf(name: string): Compiled[] {
    const list = this.#byPackage.get(name) ?? [];
    this.#byPackage.set(name, list);
    return list;
  }
}

function fits(filters: readonly Compiled[] | undefined, path: string, source: Haystack): boolean {
  return (
    filters?.some(
      (filter) =>
        (filter.path === undefined || filter.path.test(path)) &&
        filter.words.every((word) => source.includes(word)),
    ) ?? false
  );
}

function compile({ packages, path, words }: FileFilter): Compiled {
  return {
    packages: packages === null ? undefined : new Set(packages),
    path: path === null ? undefined : new RegExp(path),
    words,
  };
}
