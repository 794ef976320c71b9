import type { Span } from '@distrace/zipkin';

/** Something that can be chosen in a search, with the number of traces it occurs in. */
export interface Name {
  readonly kind: 'service' | 'span' | 'remote' | 'tag';
  /** The service that a span name or remote service belongs to, the key of a tag; empty for a service. */
  readonly group: string;
  readonly value: string;
  traces: number;
}

type Group = Map<string, Name>;

/** The names that stored traces have: services, their span names and remote services, values of chosen tags. */
export class NameIndex {
  readonly #tagKeys: readonly string[];
  readonly #groups: Readonly<Record<Name['kind'], Map<string, Group>>> = {
    service: new Map(),
    span: new Map(),
    remote: new Map(),
    tag: new Map(),
  };

  constructor(tagKeys: readonly string[]) {
    this.#tagKeys = tagKeys;
  }

  /** The values of a kind in a group, sorted by UTF-16 as Zipkin does. */
  values(kind: Name['kind'], group = ''): string[] {
    return [...(this.#groups[kind].get(group)?.keys() ?? [])].toSorted();
  }

  get serviceCount(): number {
    return this.#groups.service.get('')?.size ?? 0;
  }

  find(kind: Name['kind'], group: string, value: string): Name | undefined {
    return this.#groups[kind].get(group)?.get(value);
  }

  /** Calls back with each name of a span. Names of no service are none, as in Zipkin. */
  eachNameOf(span: Span, use: (name: Name) => void): void {
    const service = span.localEndpoint?.serviceName;
    if (service !== undefined) {
      use(this.#intern('service', '', service));
      if (span.name !== undefined) use(this.#intern('span', service, span.name));
      const remote = span.remoteEndpoint?.serviceName;
      if (remote !== undefined) use(this.#intern('remote', service, remote));
    }
    for (const key of this.#tagKeys) {
      const value = span.tags?.[key];
      if (value !== undefined && Object.hasOwn(span.tags!, key)) use(this.#intern('tag', key, value));
    }
  }

  /** One trace less has this name. */
  release(name: Name): void {
    name.traces -= 1;
    if (name.traces > 0) return;
    const groups = this.#groups[name.kind];
    const group = groups.get(name.group);
    group?.delete(name.value);
    if (group?.size === 0) groups.delete(name.group);
  }

  #intern(kind: Name['kind'], group: string, value: string): Name {
    const groups = this.#groups[kind];
    let names = groups.get(group);
    if (!names) groups.set(group, (names = new Map<string, Name>()));
    let name = names.get(value);
    if (!name) names.set(value, (name = { kind, group, value, traces: 0 }));
    return name;
  }
}
