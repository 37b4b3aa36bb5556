import { chainHash, chainStart, isSameHash, type ChainValue } from "./chain-hash.ts";

/** One row of a chain, as it is stored. */
export interface ChainLink {
  /** Its place: 1, 2, 3 … */
  readonly seq: number;
  readonly previous: Uint8Array;
  readonly hash: Uint8Array;
  readonly values: readonly ChainValue[];
}

/** The last row of a chain, as it was remembered apart from it. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: Uint8Array;
}

/** What can be wrong with a row: see `ChainWalk`. */
export type ChainFaultKind = "changed" | "missing" | "doubled" | "reordered" | "added";

export interface ChainFault {
  readonly kind: ChainFaultKind;
  /** The place of the first row that does not fit, or of the one that should stand there. */
  readonly seq: number;
}

/** At which place a row with this hash stands, if there is one. */
export type FindHash = (hash: Uint8Array) => number | null;

/**
 * Walks one chain from its start and says which row is the first that does not fit:
 *
 * - *changed*: its values are not those it was hashed with
 * - *missing*: a row that should stand there does not
 * - *doubled*: it is a copy of one before it
 * - *reordered*: it belongs behind another row
 * - *added*: it stands behind the last one that was remembered
 */
export class ChainWalk {
  readonly #find: FindHash;
  #seq = 0;
  #hash = chainStart;

  constructor(find: FindHash) {
    this.#find = find;
  }

  /** How far the chain is good. */
  get head(): ChainHead {
    return { seq: this.#seq, hash: this.#hash };
  }

  /** To be called for each row by rising place; null while they fit. */
  next({ seq, previous, hash, values }: ChainLink): ChainFault | null {
    if (seq <= this.#seq) return { kind: "doubled", seq };
    if (seq > this.#seq + 1) return { kind: "missing", seq: this.#seq + 1 };
    if (!isSameHash(chainHash(previous, values), hash)) return { kind: "changed", seq };
    if (!isSameHash(previous, this.#hash)) return { kind: this.#misplaced(hash, previous), seq };
    this.#seq = seq;
    this.#hash = hash;
    return null;
  }

  /** To be called behind the last row, with the head that was remembered, if one was. */
  finish(head: ChainHead | null): ChainFault | null {
    const seq = head?.seq ?? 0;
    if (seq > this.#seq) return { kind: "missing", seq: this.#seq + 1 };
    if (seq < this.#seq) return { kind: "added", seq: seq + 1 };
    const isSame = head === null || isSameHash(head.hash, this.#hash);
    return isSame ? null : { kind: "changed", seq };
  }

  /** The row is good in itself, but does not follow the one before it. */
  #misplaced(hash: Uint8Array, previous: Uint8Array): ChainFaultKind {
    const first = this.#find(hash);
    if (first !== null && first <= this.#seq) return "doubled";
    return this.#find(previous) === null ? "missing" : "reordered";
  }
}
