/** One of several by weight; a weight of 0 is never picked. */
export interface Weighted {
  readonly name: string;
  readonly weight: number;
}

/**
 * The one that a key falls to (rendezvous hashing): the same key falls to the same one for as long
 * as no weight changes, and where one does, keys move to it or from it alone, as few as the shares
 * ask for. `salt` keeps the keys of one division from falling alike in another. Null where all
 * weights are 0.
 */
export function pickByKey<T extends Weighted>(all: readonly T[], salt: string, key: string) {
  let picked: T | null = null;
  let least = Infinity;
  for (const each of all) {
    if (each.weight <= 0) continue;
    // The first to ring of alarms that ring at rates of their weights.
    const ringsAt = -Math.log(fractionOf(`${salt}\u0000${each.name}\u0000${key}`)) / each.weight;
    if (ringsAt >= least) continue;
    picked = each;
    least = ringsAt;
  }
  return picked;
}

/** The one that a fraction from 0 up to 1 falls to. Null where all weights are 0. */
export function pickByDraw<T extends Weighted>(all: readonly T[], fraction: number): T | null {
  let left = fraction * all.reduce((sum, { weight }) => sum + weight, 0);
  let last: T | null = null;
  for (const each of all) {
    if (each.weight <= 0) continue;
    last = each;
    left -= each.weight;
    if (left < 0) return each;
  }
  // Rounding may leave a rest.
  return last;
}

/** A fraction between 0 and 1, neither of them, of 52 bits: even, and the same for ever. */
function fractionOf(text: string): number {
  let high = 0x9e3779b9;
  let low = 0x7f4a7c15;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    high = Math.imul(high ^ unit, 0x9e3779b1);
    low = Math.imul(low ^ unit, 0x5f356495);
    high ^= low >>> 15;
    low ^= high >>> 13;
  }
  high = mixed(high ^ Math.imul(low, 0x27d4eb2f));
  low = mixed(low ^ high);
  return ((high >>> 6) * 2 ** 26 + (low >>> 6) + 0.5) / 2 ** 52;
}

/** The last step of MurmurHash3. */
function mixed(bits: number): number {
  let word = Math.imul(bits ^ (bits >>> 16), 0x85ebca6b);
  word = Math.imul(word ^ (word >>> 13), 0xc2b2ae35);
  return word ^ (word >>> 16);
}
