/** Only goes up. */
export class Counter {
  #value = 0;

  get value(): number {
    return this.#value;
  }

  add(amount: number = 1): void {
    this.#value += amount;
  }
}
