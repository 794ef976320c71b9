/**
 * Lanes on which all that overlaps nests. Each event goes to the first lane on which it lies inside of, or after, all
 * that is still going on; to find it takes a few steps, however many lanes there are.
 */
export class Lanes {
  /** Of each lane the ends of what is going on, the innermost last. */
  readonly #open: number[][] = [];
  /** A binary tree: how late an event may end on a lane, and in each node the greatest of the two below. */
  #room: number[] = [-Infinity, -Infinity];

  /** The lane, from 0, of an event; those that started earlier must have been placed, those that ended be told of. */
  place(start: number, end: number): number {
    const lane = this.#firstWith(end) ?? this.#addLane();
    // One without length ends as it starts.
    if (end > start) {
      this.#open[lane]!.push(end);
      this.#setRoom(lane, end);
    }
    return lane;
  }

  /** Says that something on a lane has ended. */
  ended(lane: number, now: number): void {
    const open = this.#open[lane]!;
    while (open.length > 0 && open.at(-1)! <= now) open.pop();
    this.#setRoom(lane, open.at(-1) ?? Infinity);
  }

  #firstWith(end: number): number | undefined {
    if (this.#room[1]! < end) return undefined;
    const leaves = this.#room.length / 2;
    let node = 1;
    while (node < leaves) node = this.#room[2 * node]! >= end ? 2 * node : 2 * node + 1;
    return node - leaves;
  }

  #addLane(): number {
    const lane = this.#open.push([]) - 1;
    if (lane >= this.#room.length / 2) this.#grow();
    this.#setRoom(lane, Infinity);
    return lane;
  }

  #grow(): void {
    const known = this.#room.slice(this.#room.length / 2);
    this.#room = Array.from({ length: this.#room.length * 2 }, () => -Infinity);
    for (const [lane, room] of known.entries()) this.#setRoom(lane, room);
  }

  #setRoom(lane: number, room: number): void {
    let node = this.#room.length / 2 + lane;
    this.#room[node] = room;
    for (node >>= 1; node >= 1; node >>= 1) {
      this.#room[node] = Math.max(this.#room[2 * node]!, this.#room[2 * node + 1]!);
    }
  }
}
