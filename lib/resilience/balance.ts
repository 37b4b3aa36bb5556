export type BalanceKind =
  | "round-robin"
  | "weighted"
  | "failover"
  | "p2c"
  | "least-busy"
  | "cheapest";

/** One of several that can do the same work. All of them have the same priority. */
export interface Candidate {
  /** Its part of the turns, or of the work at hand. 0: only when nobody else can. */
  readonly weight: number;
  /** How much of its part it takes while it starts slowly: 0.1 to 1, and 1 is all. */
  readonly share: number;
  readonly inFlight: number;
  /** What `p2c` compares: time to the first token × tokens in flight / weight. */
  readonly cost: number;
  /** What `cheapest` compares. */
  readonly price: number;
}

/** A candidate with the name by which a balancer of one's own tells it from the others. */
export interface NamedCandidate extends Candidate {
  readonly id: string;
}

/**
 * Puts candidates in order: each of their indexes once, the chosen one first, then whom to fall
 * back to. It is called in the midst of each call, so it answers at once and changes nothing.
 */
export type Balance = (candidates: readonly NamedCandidate[], lot: Lot) => readonly number[];

export interface Lot {
  /** Grows by 1 with each call of the same candidates, from 0. */
  readonly turn: number;
  /** A random integer in [0, 2^32). Only `p2c` looks at it. */
  readonly draw: number;
}

/**
 * Fills `order` with indexes. Returns how often its first one was the first before; the turn,
 * where that depends on more than turns.
 */
type Orderer = (candidates: readonly Candidate[], lot: Lot, order: number[]) => number;

/**
 * Indexes of the candidates in order of preference: the chosen one, then whom to fall back to. The
 * same arguments give the same order. Any run of turns spreads as the kind says, and so do the
 * fallbacks: when a candidate fails, its calls do not all go to one neighbour.
 *
 * A candidate with a share below 1 takes that part of its turns. In the others it stands behind
 * those that hold it back, which takes one candidate with a full share.
 */
export const order = (
  kind: BalanceKind,
  candidates: readonly Candidate[],
  lot: Lot,
): readonly number[] => {
  const ordered: number[] = [];
  if (candidates.length === 0) return ordered;
  const before = orderers[kind](candidates, lot, ordered);
  return isAnySlow(candidates) ? slowStarted(candidates, ordered, before) : ordered;
};

const roundRobin: Orderer = (candidates, { turn }, order) => {
  const count = candidates.length;
  const chosen = turn % count;
  const round = Math.floor(turn / count);
  order.push(chosen);
  for (let n = 0; n < count - 1; n++) {
    order.push((chosen + 1 + ((round + n) % (count - 1))) % count);
  }
  return round;
};

const failover: Orderer = (candidates, { turn }, order) => {
  for (let index = 0; index < candidates.length; index++) order.push(index);
  return turn;
};

const weighted: Orderer = (candidates, lot, order) => {
  const left: number[] = [];
  for (let index = 0; index < candidates.length; index++) {
    if (weightOf(candidates, index) > 0) left.push(index);
  }
  if (left.length === 0) return roundRobin(candidates, lot, order);
  let { turn } = lot;
  let before = -1;
  while (left.length > 0) {
    // Whoever is chosen for the n-th time has the n-th of its own fallbacks, by their weights.
    turn = takeWeighted(candidates, { left, turn, order });
    if (before === -1) before = turn;
  }
  for (let index = 0; index < candidates.length; index++) {
    if (!(weightOf(candidates, index) > 0)) order.push(index);
  }
  return before;
};

const p2c: Orderer = (candidates, { turn, draw }, order) => {
  const count = candidates.length;
  sortInto(order, candidates, { turn, key: costOf });
  if (count < 2) return turn;
  const pair = Math.floor((draw / 2 ** 32) * count * (count - 1));
  const one = Math.floor(pair / (count - 1));
  const other = (one + 1 + (pair % (count - 1))) % count;
  const isOne = costOf(candidates, one) <= costOf(candidates, other);
  moveToFront(order, isOne ? one : other);
  return turn;
};

const leastBusy: Orderer = (candidates, { turn }, order) => {
  sortInto(order, candidates, { turn, key: busyness });
  return turn;
};

const cheapest: Orderer = (candidates, { turn }, order) => {
  sortInto(order, candidates, { turn, key: priceOf });
  return turn;
};

const orderers = {
  "round-robin": roundRobin,
  weighted,
  failover,
  p2c,
  "least-busy": leastBusy,
  cheapest,
} satisfies Record<BalanceKind, Orderer>;

/** Do the weights of candidates decide anything? */
export const isByWeight = {
  "round-robin": false,
  weighted: true,
  failover: false,
  p2c: true,
  "least-busy": true,
  cheapest: false,
} satisfies Record<BalanceKind, boolean>;

type Key = (candidates: readonly Candidate[], index: number) => number;

const weightOf: Key = (candidates, index) => candidates[index]?.weight ?? 0;
const costOf: Key = (candidates, index) => candidates[index]?.cost ?? Infinity;
const priceOf: Key = (candidates, index) => candidates[index]?.price ?? Infinity;
const busyness: Key = (candidates, index) => {
  const candidate = candidates[index];
  if (candidate === undefined || !(candidate.weight > 0)) return Infinity;
  return candidate.inFlight / candidate.weight;
};

/** By key, the least first. Equal ones stand in turn, else the first of them would get all. */
function sortInto(
  order: number[],
  candidates: readonly Candidate[],
  { turn, key }: { readonly turn: number; readonly key: Key },
): void {
  const count = candidates.length;
  for (let n = 0; n < count; n++) {
    const index = (turn + n) % count;
    const own = key(candidates, index);
    let place = n;
    for (; place > 0; place--) {
      const before = order[place - 1] ?? 0;
      if (key(candidates, before) <= own) break;
      order[place] = before;
    }
    order[place] = index;
  }
}

function moveToFront(order: number[], index: number): void {
  let place = order.indexOf(index);
  for (; place > 0; place--) order[place] = order[place - 1] ?? 0;
  order[0] = index;
}

interface Draft {
  readonly left: number[];
  readonly turn: number;
  readonly order: number[];
}

/**
 * Moves the candidate of this turn from `left` to `order`; returns how often it was chosen before.
 * Two sides share turns as a line on a raster does: of the first t turns one has floor(t × its
 * part). More candidates are halved by weight until one is left, and the turns of a half are
 * numbered anew. Each halving puts any run of turns off by less than one call, and a run as long
 * as the sum of whole weights by none.
 */
function takeWeighted(candidates: readonly Candidate[], { left, turn, order }: Draft): number {
  let from = 0;
  let to = left.length;
  let sum = 0;
  for (const index of left) sum += weightOf(candidates, index);
  let before = turn;
  while (to - from > 1) {
    let middle = from + 1;
    let lower = weightOf(candidates, left[from] ?? 0);
    for (; middle < to - 1; middle++) {
      const next = weightOf(candidates, left[middle] ?? 0);
      if (lower + next / 2 > sum / 2) break;
      lower += next;
    }
    const lowerBefore = Math.floor((before * lower) / sum);
    const isLower = Math.floor(((before + 1) * lower) / sum) > lowerBefore;
    before = isLower ? lowerBefore : before - lowerBefore;
    sum = isLower ? lower : sum - lower;
    if (isLower) to = middle;
    else from = middle;
  }
  order.push(left[from] ?? 0);
  left.copyWithin(from, from + 1);
  left.pop();
  return before;
}

function isAnySlow(candidates: readonly Candidate[]): boolean {
  for (const { share } of candidates) if (share < 1) return true;
  return false;
}

/**
 * The n-th turn is taken when the fraction of n × step lies below the share. Of all square roots
 * below 400 these steps stay evenly spread when ties let a candidate have each second to eighth
 * turn alone; one step for each candidate, so that two of them are not held back at once.
 */
const steps = [94, 311, 391, 334, 263, 181, 157, 127].map((number) => Math.sqrt(number) % 1);

/** Of the turns that a candidate takes at one share, it takes all at a greater one. */
function isHeldBack(candidates: readonly Candidate[], index: number, before: number): boolean {
  const share = candidates[index]?.share ?? 1;
  const step = steps[index % steps.length] ?? 0;
  return share < 1 && (before * step) % 1 >= share;
}

function slowStarted(
  candidates: readonly Candidate[],
  ordered: readonly number[],
  before: number,
): readonly number[] {
  if (candidates.every(({ share }) => share < 1)) return ordered;
  const ahead = ordered.filter((index) => !isHeldBack(candidates, index, before));
  if (ahead.length === ordered.length) return ordered;
  return [...ahead, ...ordered.filter((index) => isHeldBack(candidates, index, before))];
}
