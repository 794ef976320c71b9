import type { Attributes, AttributeValue } from '@opentelemetry/api';
import { encodeEndpointV2 } from '@distrace/zipkin';
import type { Endpoint, Kind } from '@distrace/zipkin';
import { ATTR_ENDPOINT_IP, ATTR_ENDPOINT_PORT, ATTR_ENDPOINT_SERVICE } from '../endpoint.js';
import { bytesOf } from './known-texts.js';
import { endpointFrom, remoteEndpoint } from './to-zipkin-endpoint.js';

type Values = readonly (AttributeValue | undefined)[];

/** Attributes that decide about an endpoint. */
interface Decisive {
  values(attributes: Attributes): Values;
  /** Whether they have the same values. Spelt out: a loop over keys takes twice the time. */
  areSame(attributes: Attributes, values: Values): boolean;
}

/** What {@link endpointFrom} looks at. */
const LOCAL: Decisive = {
  values: (a) => [a[ATTR_ENDPOINT_SERVICE], a[ATTR_ENDPOINT_IP], a[ATTR_ENDPOINT_PORT]],
  areSame: (a, values) =>
    a[ATTR_ENDPOINT_SERVICE] === values[0] &&
    a[ATTR_ENDPOINT_IP] === values[1] &&
    a[ATTR_ENDPOINT_PORT] === values[2],
};

const NONE: Decisive = { values: () => [], areSame: () => true };

/** What {@link remoteEndpoint} looks at, for a server whose client gives an address. */
const CLIENT: Decisive = {
  values: (a) => [a['peer.service'], a['client.address'], a['client.port']],
  areSame: (a, values) =>
    a['peer.service'] === values[0] && a['client.address'] === values[1] && a['client.port'] === values[2],
};

/** For another server. */
const PEER: Decisive = {
  values: (a) => [a['peer.service'], a['client.address'], a['network.peer.address'], a['network.peer.port']],
  areSame: (a, values) =>
    a['peer.service'] === values[0] &&
    a['client.address'] === values[1] &&
    a['network.peer.address'] === values[2] &&
    a['network.peer.port'] === values[3],
};

/** For one who calls or talks to a broker. */
const SERVER: Decisive = {
  values: (a) => [
    a['messaging.system'],
    a['peer.service'],
    a['server.address'],
    a['db.system.name'],
    a['server.port'],
    a['network.peer.address'],
    a['network.peer.port'],
  ],
  areSame: (a, values) =>
    a['messaging.system'] === values[0] &&
    a['peer.service'] === values[1] &&
    a['server.address'] === values[2] &&
    a['db.system.name'] === values[3] &&
    a['server.port'] === values[4] &&
    a['network.peer.address'] === values[5] &&
    a['network.peer.port'] === values[6],
};

/** The endpoints of spans of one kind as Zipkin's JSON. Those of the last span are kept: mostly they are those of
 * the next one, too. */
export class EndpointBytes {
  readonly #kind: Kind | undefined;
  readonly #defaults: Endpoint | undefined;
  #local: Values = [];
  #remote: Values = [];
  #decisive = NONE;
  #bytes: Uint8Array | undefined;

  /** `defaults` fills the parts of the local endpoint that the resource has not. */
  constructor(kind: Kind | undefined, defaults: Endpoint | undefined) {
    this.#kind = kind;
    this.#defaults = defaults;
  }

  /** `,"localEndpoint":{…},"remoteEndpoint":{…}`, or one of them, or nothing. */
  of(resource: Attributes, attributes: Attributes): Uint8Array {
    const isSame =
      this.#bytes !== undefined &&
      LOCAL.areSame(resource, this.#local) &&
      this.#decisive.areSame(attributes, this.#remote);
    return isSame ? this.#bytes! : this.#learn(resource, attributes);
  }

  #learn(resource: Attributes, attributes: Attributes): Uint8Array {
    this.#decisive = decisiveFor(this.#kind, attributes);
    this.#local = LOCAL.values(resource);
    this.#remote = this.#decisive.values(attributes);
    const local = encodeEndpointV2({ ...this.#defaults, ...endpointFrom(resource) });
    const remote = encodeEndpointV2(remoteEndpoint(this.#kind, attributes));
    const texts = [
      local === undefined ? '' : `,"localEndpoint":${local}`,
      remote === undefined ? '' : `,"remoteEndpoint":${remote}`,
    ];
    this.#bytes = bytesOf(texts.join(''));
    return this.#bytes;
  }
}

function decisiveFor(kind: Kind | undefined, attributes: Attributes): Decisive {
  if (kind === undefined) return NONE;
  if (kind !== 'SERVER') return SERVER;
  // Where the client is known the peer is a proxy, whose port changes with each connection.
  const isKnown = remoteEndpoint(kind, { 'client.address': attributes['client.address'] }) !== undefined;
  return isKnown ? CLIENT : PEER;
}
