/** What the server tells of its store. */
export interface LiveChange {
  /** Ids of traces with new spans. */
  readonly changed: readonly string[];
  /** Whether more have changed than are named. */
  readonly more: boolean;
  readonly cleared: boolean;
  /** How much is stored. */
  readonly traces: number;
  readonly spans: number;
}

/** Who is told. */
export interface LiveListener {
  onChange?(change: LiveChange): void;
  /** Whether the server is being listened to; the first change after it came back may have been missed. */
  onState?(isConnected: boolean): void;
}

const listeners = new Set<LiveListener>();
let source: EventSource | undefined;
let isConnected = false;

/** Listens to the server until the returned function is called. All listeners share one connection: a browser has
 * six to a server, for all its tabs. */
export function listenLive(listener: LiveListener): () => void {
  listeners.add(listener);
  source ??= connect();
  listener.onState?.(isConnected);
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0) return;
    source?.close();
    source = undefined;
    isConnected = false;
  };
}

function connect(): EventSource {
  const events = new EventSource('/api/ui/events');
  events.addEventListener('hello', (event) => {
    setConnected(true);
    // While nobody listened, anything may have happened.
    tell({ ...(JSON.parse(event.data as string) as LiveChange), more: true });
  });
  events.addEventListener('traces', (event) => tell(JSON.parse(event.data as string) as LiveChange));
  events.addEventListener('error', () => {
    setConnected(false);
    // An answer other than 200 ends a stream for good.
    if (events.readyState === EventSource.CLOSED) {
      setTimeout(() => {
        if (source !== events) return;
        source = listeners.size > 0 ? connect() : undefined;
      }, 3000);
    }
  });
  return events;
}

function tell(change: LiveChange): void {
  for (const listener of listeners) listener.onChange?.(change);
}

function setConnected(value: boolean): void {
  if (value === isConnected) return;
  isConnected = value;
  for (const listener of listeners) listener.onState?.(value);
}
