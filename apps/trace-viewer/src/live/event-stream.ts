import type { ServerResponse } from 'node:http';
import type { StoreStats } from '../store/span-store.js';
import { ViewerProblem } from '../problem.js';
import type { Change, ChangeFeed } from './change-feed.js';

/** Options of {@link EventStreams}. */
export interface EventStreamOptions {
  readonly feed: ChangeFeed;
  readonly stats: () => StoreStats;
  /** Most listeners at a time. Default 64. */
  readonly maxClients?: number;
  /** A listener that leaves more than this unread is dropped; its browser connects again. Default 64 KiB. */
  readonly maxUnreadBytes?: number;
  /** Milliseconds between signs of life, for proxies that close what is silent. Default 15,000. */
  readonly keepAliveMs?: number;
}

const HEADERS = {
  'Content-Type': 'text/event-stream',
  'Cache-Control': 'no-store',
  'X-Accel-Buffering': 'no',
} as const;

/** Browsers that listen to changes, as server-sent events. Each is bounded, and so is their number. */
export class EventStreams {
  readonly #feed: ChangeFeed;
  readonly #stats: () => StoreStats;
  readonly #maxClients: number;
  readonly #maxUnreadBytes: number;
  readonly #keepAliveMs: number;
  readonly #clients = new Set<ServerResponse>();
  #stopListening: (() => void) | undefined;
  #keepAlive: NodeJS.Timeout | undefined;
  #id = 0;

  constructor({
    feed,
    stats,
    maxClients = 64,
    maxUnreadBytes = 64 * 1024,
    keepAliveMs = 15_000,
  }: EventStreamOptions) {
    this.#feed = feed;
    this.#stats = stats;
    this.#maxClients = maxClients;
    this.#maxUnreadBytes = maxUnreadBytes;
    this.#keepAliveMs = keepAliveMs;
  }

  get clientCount(): number {
    return this.#clients.size;
  }

  /** Sends events on this response from now on. @throws ViewerProblem 503 when too many listen. */
  open(response: ServerResponse): void {
    if (this.#clients.size >= this.#maxClients) {
      throw new ViewerProblem(
        503,
        'DT_ERR_VIEWER_BUSY',
        `At most ${this.#maxClients} pages listen at a time, got one more. Close one.`,
        { headers: { 'Retry-After': '10' } },
      );
    }
    response.writeHead(200, HEADERS);
    response.once('close', () => this.#remove(response));
    this.#clients.add(response);
    this.#start();
    // The first event says where things stand, so that a page knows what it missed while it was away.
    response.write(`retry: 2000\n\n${this.#event('hello', { changed: [], more: false, cleared: false })}`);
  }

  close(): void {
    for (const response of this.#clients) response.end();
    this.#clients.clear();
    this.#stop();
  }

  #start(): void {
    if (this.#stopListening) return;
    this.#stopListening = this.#feed.listen((change) => {
      this.#id += 1;
      this.#sendAll(this.#event('traces', change));
    });
    this.#keepAlive = setInterval(() => this.#sendAll(': alive\n\n'), this.#keepAliveMs).unref();
  }

  #stop(): void {
    this.#stopListening?.();
    this.#stopListening = undefined;
    clearInterval(this.#keepAlive);
  }

  #remove(response: ServerResponse): void {
    this.#clients.delete(response);
    if (this.#clients.size === 0) this.#stop();
  }

  #sendAll(text: string): void {
    for (const response of this.#clients) {
      if (response.writableLength > this.#maxUnreadBytes) response.destroy();
      else response.write(text);
    }
  }

  #event(name: string, change: Change): string {
    const { traces, spans } = this.#stats();
    return `id: ${this.#id}\nevent: ${name}\ndata: ${JSON.stringify({ ...change, traces, spans })}\n\n`;
  }
}
