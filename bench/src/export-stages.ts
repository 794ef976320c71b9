import type { ReadableSpan } from '@opentelemetry/sdk-trace';
import { prepareSend } from '@opentelemetry/exporter-zipkin';

/** The stages of an exporter, apart. What one makes, the next one takes. */
export interface Stages<Body> {
  /** Spans as a body in Zipkin's format. */
  encode(batch: readonly ReadableSpan[]): Promise<Body>;
  /** The body over HTTP; resolves when it has been answered. */
  post(body: Body): Promise<void>;
}

/** Files behind the entries of the two packages: they export the whole only. */
const OURS = import.meta.resolve('@distrace/tracing/core');
const PEER = import.meta.resolve('@opentelemetry/exporter-zipkin');

interface OurFiles {
  createZipkinWriter(): unknown;
  SpareBuffer: new () => unknown;
  packSpans(
    spans: readonly ReadableSpan[],
    options: Readonly<Record<string, unknown>>,
  ): AsyncGenerator<{ readonly bytes: Buffer }>;
  createHttpPost(url: URL): {
    post(request: Readonly<Record<string, unknown>>): Promise<{ readonly status: number }>;
    close(): void;
  };
}

async function importOurs(): Promise<OurFiles> {
  const names = ['zipkin-writer.js', 'byte-buffer.js', 'pack-spans.js', 'http-post.js'];
  const files = await Promise.all(names.map((name) => import(new URL(`export/${name}`, OURS).href)));
  return Object.assign({}, ...files) as OurFiles;
}

/** `directZipkin`: spans are written as bytes, and posted with their length over one kept connection. */
export async function ourStages(url: string): Promise<Stages<Buffer> & { close(): void }> {
  const { createZipkinWriter, SpareBuffer, packSpans, createHttpPost } = await importOurs();
  const encode = createZipkinWriter();
  const buffers = new SpareBuffer();
  const http = createHttpPost(new URL(url));
  const { signal } = new AbortController();
  const maxBytes = 4 * 1024 * 1024;
  return {
    async encode(batch) {
      const bodies: Buffer[] = [];
      const options = {
        encode,
        buffers,
        signal,
        form: 'list',
        maxBytes: () => maxBytes,
        maxSpanBytes: maxBytes,
      };
      for await (const { bytes } of packSpans(batch, options)) bodies.push(bytes);
      if (bodies.length !== 1) throw new Error(`one body was expected, instead came ${bodies.length}`);
      return bodies[0]!;
    },
    async post(body) {
      const { status } = await http.post({
        headers: { 'content-type': 'application/json' },
        body,
        signal,
        timeoutMs: 10_000,
      });
      if (status !== 202) throw new Error(`202 was expected, instead came ${status}`);
    },
    close: () => http.close(),
  };
}

type PeerConvert = (span: ReadableSpan, service: string, statusTag: string, errorTag: string) => object;
type PeerSend = (spans: never, done: (result: { readonly code: number }) => void) => void;

/** OpenTelemetry's exporter: each span as an object, all of them by JSON.stringify, and the text over HTTP. */
export async function peerStages(url: string): Promise<Stages<string>> {
  const { toZipkinSpan } = (await import(new URL('transform.mjs', PEER).href)) as {
    toZipkinSpan: PeerConvert;
  };
  const send = prepareSend(url) as PeerSend;
  return {
    // As in ZipkinExporter#_sendSpans and the send function.
    async encode(batch) {
      const objects = batch.map((span) => {
        const service = span.attributes['service.name'] ?? span.resource.attributes['service.name'];
        return toZipkinSpan(span, String(service), 'otel.status_code', 'error');
      });
      return JSON.stringify(objects);
    },
    post: (body) =>
      new Promise((resolve, reject) => {
        const settle = ({ code }: { readonly code: number }) =>
          code === 0 ? resolve() : reject(new Error('the exporter of OpenTelemetry failed'));
        // The function encodes what it sends; here it gets what has been encoded.
        const { stringify } = JSON;
        JSON.stringify = () => body;
        try {
          send([body] as never, settle);
        } finally {
          JSON.stringify = stringify;
        }
      }),
  };
}
