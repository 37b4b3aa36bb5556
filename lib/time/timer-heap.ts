/** A timer in the heap. `place` is the heap's own: where the timer stands, -1 when it is out. */
export interface HeapTimer {
  readonly dueMs: number;
  readonly order: number;
  readonly run: () => void;
  place: number;
}

const runsBefore = (left: HeapTimer, right: HeapTimer): boolean =>
  left.dueMs < right.dueMs || (left.dueMs === right.dueMs && left.order < right.order);

/** A binary heap by (dueMs, order) from which any timer can be taken in O(log n). */
export class TimerHeap {
  readonly #timers: HeapTimer[] = [];

  get size(): number {
    return this.#timers.length;
  }

  get first(): HeapTimer | null {
    return this.#timers[0] ?? null;
  }

  add(timer: HeapTimer): void {
    this.#timers.push(timer);
    this.#rise(timer, this.#timers.length - 1);
  }

  /** Does nothing when the timer is not in the heap. */
  remove(timer: HeapTimer): void {
    const place = timer.place;
    if (place === -1) return;
    timer.place = -1;
    const last = this.#timers.pop();
    if (last === undefined || last === timer) return;
    this.#rise(last, place);
    if (last.place === place) this.#sink(last, place);
  }

  #put(timer: HeapTimer, place: number): void {
    this.#timers[place] = timer;
    timer.place = place;
  }

  #rise(timer: HeapTimer, from: number): void {
    let place = from;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const parent = this.#timers[above];
      if (parent === undefined || !runsBefore(timer, parent)) break;
      this.#put(parent, place);
      place = above;
    }
    this.#put(timer, place);
  }

  #sink(timer: HeapTimer, from: number): void {
    let place = from;
    for (;;) {
      const left = this.#timers[2 * place + 1];
      if (left === undefined) break;
      const right = this.#timers[2 * place + 2];
      const child = right !== undefined && runsBefore(right, left) ? right : left;
      if (!runsBefore(child, timer)) break;
      const below = child.place;
      this.#put(child, place);
      place = below;
    }
    this.#put(timer, place);
  }
}
