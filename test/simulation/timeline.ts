/** What is to happen when, earliest first; of two at one time the one that was entered first. */

export type Entry = { atMs: number; order: number; action: (() => void | Promise<void>) | null };

export type Timeline = {
  at(atMs: number, action: () => void | Promise<void>): Entry;
  cancel(entry: Entry): void;
  /** Infinity when nothing is to happen. */
  nextMs(): number;
  /** The next action that is due, or null. */
  takeDue(nowMs: number): (() => void | Promise<void>) | null;
};

/** A binary heap; what was cancelled stays in it until its time and then does nothing. */
export function createTimeline(): Timeline {
  const heap: Entry[] = [];
  let count = 0;

  const isBefore = (one: Entry, other: Entry) =>
    one.atMs < other.atMs || (one.atMs === other.atMs && one.order < other.order);

  function push(entry: Entry): void {
    let index = heap.length;
    heap.push(entry);
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = heap[parentIndex];
      if (!parent || !isBefore(entry, parent)) break;
      heap[index] = parent;
      index = parentIndex;
    }
    heap[index] = entry;
  }

  function pop(): void {
    const last = heap.pop();
    if (!last || heap.length === 0) return;
    let index = 0;
    for (;;) {
      let childIndex = 2 * index + 1;
      const right = heap[childIndex + 1];
      let child = heap[childIndex];
      if (child && right && isBefore(right, child)) {
        child = right;
        childIndex += 1;
      }
      if (!child || !isBefore(child, last)) break;
      heap[index] = child;
      index = childIndex;
    }
    heap[index] = last;
  }

  function dropCancelled(): void {
    while (heap[0] && heap[0].action === null) pop();
  }

  return {
    at(atMs, action) {
      const entry: Entry = { atMs, order: count, action };
      count += 1;
      push(entry);
      return entry;
    },
    cancel(entry) {
      entry.action = null;
    },
    nextMs() {
      dropCancelled();
      return heap[0]?.atMs ?? Number.POSITIVE_INFINITY;
    },
    takeDue(nowMs) {
      dropCancelled();
      const first = heap[0];
      if (!first || first.atMs > nowMs) return null;
      pop();
      return first.action;
    },
  };
}
