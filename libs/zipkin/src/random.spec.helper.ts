import type { Endpoint, Kind, Span } from './span.js';

/** Random numbers in [0, 1) that are the same in every run (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

/** Picks of many kinds from one source. */
export class Picks {
  readonly #random: () => number;

  constructor(seed: number) {
    this.#random = seededRandom(seed);
  }

  number(from: number, to: number): number {
    return from + Math.floor(this.#random() * (to - from + 1));
  }

  of<T>(choices: readonly T[]): T {
    return choices[this.number(0, choices.length - 1)]!;
  }

  maybe<T>(make: () => T): T | undefined {
    return this.#random() < 0.5 ? make() : undefined;
  }

  list<T>(max: number, make: () => T): T[] {
    return Array.from({ length: this.number(0, max) }, make);
  }

  shuffled<T>(items: readonly T[]): T[] {
    return items
      .map((item) => ({ item, key: this.#random() }))
      .toSorted((a, b) => a.key - b.key)
      .map(({ item }) => item);
  }

  endpoint(): Endpoint {
    return clean({
      serviceName: this.of(['client', 'executor', 'exporter', 'über service']),
      ipv4: this.maybe(() => this.of(['10.0.0.1', '10.0.0.2'])),
      ipv6: this.maybe(() => '2001:db8::1'),
      port: this.maybe(() => this.number(1, 65_535)),
    });
  }

  text(): string {
    return this.of([
      'tags',
      'getendpoint',
      'a "quoted" thing',
      'two\nlines',
      'ünïcode 🎉',
      'cs',
      'sa',
      'x',
      '\u2028',
    ]);
  }

  /** A normalised span. */
  span(): Span {
    const kind = this.maybe(() => this.of<Kind>(['CLIENT', 'SERVER', 'PRODUCER', 'CONSUMER']));
    const timestamp = 1_700_000_000_000_000 + this.number(0, 1000);
    return clean({
      traceId: '463ac35c9f6413ad48485a3953bb6124',
      parentId: this.maybe(() => '6b221d5bc9e6496c'),
      id: '5b4185666d50f68b',
      kind,
      name: this.maybe(() => this.text()),
      timestamp,
      duration: this.maybe(() => this.number(1, 500)),
      localEndpoint: this.endpoint(),
      remoteEndpoint: this.maybe(() => ({ ...this.endpoint(), serviceName: 'rabbitmq' })),
      annotations: nonEmpty(
        uniqueBy(
          this.list(3, () => ({ timestamp: timestamp + this.number(0, 500), value: this.text() })),
          ({ timestamp: at, value }) => `${at} ${value}`,
        ).toSorted((a, b) => a.timestamp - b.timestamp || (a.value < b.value ? -1 : 1)),
      ),
      tags: this.maybe(() => ({ [this.text()]: this.text(), k: this.text() })),
      debug: this.maybe(() => true),
      shared: kind === 'SERVER' ? this.maybe(() => true) : undefined,
    });
  }
}

/** The object without its undefined fields. */
export function clean<T extends object>(object: T): T {
  return Object.fromEntries(Object.entries(object).filter(([, value]) => value !== undefined)) as T;
}

function nonEmpty<T>(list: T[]): T[] | undefined {
  return list.length > 0 ? list : undefined;
}

function uniqueBy<T>(list: readonly T[], key: (item: T) => string): T[] {
  return [...new Map(list.map((item) => [key(item), item])).values()];
}
