import { vi } from 'vitest';

/** One request of a script. */
export interface Ask {
  readonly path: string;
  /** Makes it a POST. */
  readonly body?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** What a server said. */
export interface Said {
  readonly status: number;
  readonly contentType: string | undefined;
  readonly cacheControl: string | undefined;
  readonly text: string;
}

/** Asks a server, whose URL has no `/` at its end. */
export async function ask(url: string, { path, body, headers = {} }: Ask): Promise<Said> {
  const response = await fetch(`${url}${path}`, {
    ...(body === undefined ? {} : { method: 'POST', body }),
    headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
    redirect: 'manual',
  });
  return {
    status: response.status,
    contentType: response.headers.get('content-type') ?? undefined,
    cacheControl: response.headers.get('cache-control') ?? undefined,
    text: await response.text(),
  };
}

/** Asks until the answer is 200: Zipkin stores after it has answered. */
export async function askUntilThere(url: string, path: string): Promise<Said> {
  return vi.waitFor(
    async () => {
      const said = await ask(url, { path });
      if (said.status !== 200) throw new Error(`${url}${path} answers ${said.status}: ${said.text}`);
      return said;
    },
    { timeout: 20_000, interval: 50 },
  );
}
