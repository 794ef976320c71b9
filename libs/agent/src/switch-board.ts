/** What is on and off, from the main thread to its workers without a message: memory that they share. */
export interface Switches {
  readonly [interceptor: string]: boolean;
}

const HEADER_BYTES = 8;

/** Room for the switches of some thousand interceptors; more are not passed on to workers that run already. */
export function makeSwitchBoard(bytes = 65_536): SharedArrayBuffer {
  return new SharedArrayBuffer(HEADER_BYTES + bytes);
}

/** Main thread: says what holds from now on. */
export function postSwitches(board: SharedArrayBuffer, switches: Switches): void {
  const head = new Int32Array(board, 0, 2);
  const text = Buffer.from(JSON.stringify(switches));
  if (text.length > board.byteLength - HEADER_BYTES) return;
  // Odd while it is being written, so that a reader in between looks again later.
  Atomics.add(head, 0, 1);
  new Uint8Array(board, HEADER_BYTES).set(text);
  Atomics.store(head, 1, text.length);
  Atomics.add(head, 0, 1);
}

/** Worker: what was posted since `seen`; undefined when nothing was. */
export function readSwitches(
  board: SharedArrayBuffer,
  seen: number,
): { readonly seen: number; readonly switches: Switches } | undefined {
  const head = new Int32Array(board, 0, 2);
  const count = Atomics.load(head, 0);
  if (count === seen || count % 2 === 1) return undefined;
  // Copied out first: text decoders refuse shared memory.
  const text = Buffer.from(new Uint8Array(board, HEADER_BYTES, Atomics.load(head, 1))).toString();
  if (Atomics.load(head, 0) !== count) return undefined;
  return { seen: count, switches: JSON.parse(text) as Switches };
}
