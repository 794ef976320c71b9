import type { IncomingMessage } from 'node:http';

/** A body that is being read. */
export interface Reading {
  /** Counts bytes that have come. Others may have to go for them. */
  grow(bytes: number): void;
  /** Must be called when the body is read, or is not read any more. */
  leave(): void;
}

interface Reader {
  readonly request: IncomingMessage;
  bytes: number;
}

/**
 * Bounds the bodies that have come in part. Whoever stalls takes nobody's turn; when there is no room for what others
 * send, the connection that has been silent for longest is closed.
 */
export class BodyRoom {
  readonly #maxBytes: number;
  /** The one that has been silent for longest is the first. */
  readonly #readers = new Set<Reader>();
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  enter(request: IncomingMessage): Reading {
    const reader: Reader = { request, bytes: 0 };
    this.#readers.add(reader);
    return {
      grow: (bytes) => {
        if (!this.#readers.delete(reader)) return;
        this.#readers.add(reader);
        reader.bytes += bytes;
        this.#bytes += bytes;
        this.#makeRoom();
      },
      leave: () => this.#remove(reader),
    };
  }

  #makeRoom(): void {
    for (const reader of this.#readers) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#remove(reader);
      reader.request.destroy(new Error('too many bodies are on their way'));
    }
  }

  #remove(reader: Reader): void {
    if (this.#readers.delete(reader)) this.#bytes -= reader.bytes;
  }
}
