export interface BucketRate {
  /** So much comes back in `perMs`. */
  readonly amount: number;
  readonly perMs: number;
  /** So much may be taken at once after a pause. */
  readonly burst: number;
}

/** Something that was taken; it is settled once, for what it came to. */
export interface Taken {
  readonly amount: number;
  readonly order: number;
}

/** Debt that the takings up to an order, from that of the layer below on, have a claim on. */
interface Layer {
  order: number;
  debt: number;
  /** How many of these takings are not settled yet. */
  open: number;
}

/**
 * The generic cell rate algorithm for amounts of which a part may come back: at most `burst` at
 * once, and in any span of t at most `burst + t × rate`, where each taking counts with what it was
 * settled for, at the instant at which it was taken. What time has paid for already does not come
 * back a second time: else a late settlement would let more pass.
 *
 * Time pays off the newest debt first; a taking gets back at most the debt that was never paid off
 * since, which is what lies in its own layer and those below. With that the level is, at every
 * instant, the one that knowing each outcome beforehand would have led to. There are no more layers
 * than open takings, and one.
 *
 * Debt is counted in amounts × `perMs`, of which a millisecond pays `amount`: whole numbers for
 * whole milliseconds, amounts and rates. Time is monotonic milliseconds.
 */
export class RefundableBucket {
  readonly rate: BucketRate;
  readonly #most: number;
  readonly #layers: Layer[] = [];
  #debt = 0;
  #atMs = -Infinity;
  #order = 0;
  /** Nothing is left of what was taken up to this one. */
  #paidOrder = 0;

  constructor(rate: BucketRate) {
    this.rate = rate;
    this.#most = rate.burst * rate.perMs;
  }

  /** How long until so much may be taken, in whole milliseconds; Infinity for more than `burst`. */
  waitMs(amount: number, nowMs: number): number {
    const { amount: pays, perMs, burst } = this.rate;
    if (amount > burst) return Infinity;
    const excess = this.#owed(nowMs) + amount * perMs - this.#most;
    return excess > 0 ? Math.ceil(excess / pays) : 0;
  }

  /** Takes it, also where `waitMs` says that it is too early. */
  take(amount: number, nowMs: number): Taken {
    this.#payOff(nowMs);
    const order = ++this.#order;
    const debt = amount * this.rate.perMs;
    this.#debt += debt;
    const last = this.#layers.at(-1);
    if (last === undefined || last.open > 0) this.#layers.push({ order, debt, open: 1 });
    else {
      last.order = order;
      last.debt += debt;
      last.open = 1;
    }
    return { amount, order };
  }

  /** Ends a taking: what of it was not used comes back, as far as time has not paid for it. */
  settle({ amount, order }: Taken, used: number, nowMs: number): void {
    this.#payOff(nowMs);
    if (order <= this.#paidOrder) return;
    const at = this.#layerOf(order);
    const layer = this.#layers[at];
    if (layer === undefined) return;
    layer.open -= 1;
    this.#giveBack(at, Math.max(0, amount - used) * this.rate.perMs);
    const above = this.#layers[at + 1];
    if (layer.open > 0 || above === undefined || this.#layers[at] !== layer) return;
    above.debt += layer.debt;
    this.#remove(at);
  }

  /** How much could be taken at once now, in whole amounts. */
  remaining(nowMs: number): number {
    return Math.max(0, Math.floor((this.#most - this.#owed(nowMs)) / this.rate.perMs));
  }

  /** How long until `burst` could be taken, if nobody takes anything before. */
  fullInMs(nowMs: number): number {
    return Math.ceil(this.#owed(nowMs) / this.rate.amount);
  }

  #owed(nowMs: number): number {
    // Nothing is owed at first, when no time has been told yet.
    return this.#debt === 0 ? 0 : Math.max(0, this.#debt - (nowMs - this.#atMs) * this.rate.amount);
  }

  #payOff(nowMs: number): void {
    const paid = (nowMs - this.#atMs) * this.rate.amount;
    this.#atMs = nowMs;
    if (paid >= this.#debt) {
      this.#debt = 0;
      this.#layers.length = 0;
      this.#paidOrder = this.#order;
    } else if (paid > 0) this.#giveBack(this.#layers.length - 1, paid);
  }

  /** Takes debt off a layer, then off those below it. */
  #giveBack(from: number, debt: number): void {
    let left = debt;
    for (let at = from; at >= 0 && left > 0; at -= 1) {
      const layer = this.#layers[at];
      if (layer === undefined) return;
      const part = Math.min(left, layer.debt);
      layer.debt -= part;
      this.#debt -= part;
      left -= part;
      if (layer.debt === 0) this.#drop(layer, at);
    }
  }

  /** Whoever had a claim on the layer has one on what lies below, or on nothing. */
  #drop({ order, open }: Layer, at: number): void {
    this.#remove(at);
    const below = this.#layers[at - 1];
    if (below === undefined) {
      this.#paidOrder = order;
      if (this.#layers.length === 0) this.#debt = 0;
    } else if (open > 0) {
      below.order = order;
      below.open += open;
    }
  }

  #remove(at: number): void {
    const layers = this.#layers;
    if (at === layers.length - 1) layers.pop();
    else if (at === 0) layers.shift();
    else layers.splice(at, 1);
  }

  /** The first one that reaches up to the order. */
  #layerOf(order: number): number {
    let low = 0;
    let high = this.#layers.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#layers[middle]?.order ?? 0) < order) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
