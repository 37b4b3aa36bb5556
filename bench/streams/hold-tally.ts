/** Streams that a load holds open, one after the other or all of them. */
export interface HeldStreams {
  /** Connections. */
  readonly count: number;
  open(index: number): void;
  close(): void;
}

/** How many streams are open, were open at most, and how they ended. */
export class HoldTally {
  readonly wanted: number;
  /** How often which end was seen: correct ones are all alike. */
  readonly ends = new Map<string, number>();
  most = 0;
  errors = 0;
  firstError = "";
  #open = 0;
  #over = 0;

  constructor(wanted: number) {
    this.wanted = wanted;
  }

  get isFull(): boolean {
    return this.#open + this.#over >= this.wanted;
  }

  get isOver(): boolean {
    return this.#over >= this.wanted;
  }

  begun(): void {
    this.#open += 1;
    this.most = Math.max(this.most, this.#open);
  }

  ended(how: string): void {
    this.#open -= 1;
    this.#over += 1;
    this.ends.set(how, (this.ends.get(how) ?? 0) + 1);
  }

  failed(why: string): void {
    this.#over += 1;
    this.errors += 1;
    if (this.firstError === "") this.firstError = why;
  }
}
