import { chainHash, chainStart, isSameHash, type ChainValue } from "./chain-hash.ts";
import { isRowsHash, RowsHash } from "./rows-hash.ts";

/** One row of a chain, as it is stored. */
export interface ChainLink {
  /** Its place: 1, 2, 3 … */
  readonly seq: number;
  /** The hash of the row before, where rows say it; null where they do not. */
  readonly previous: Uint8Array | null;
  /** No bytes, where rows do not say the one before: one behind it covers it (`RowChain`). */
  readonly hash: Uint8Array;
  readonly values: readonly ChainValue[];
}

/** A row by its place and hash: the last one of a chain, as it was remembered apart from it. */
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
  /** The last place, where any of the rows in between may be meant: those that share a hash. */
  readonly lastSeq?: number;
}

/** At which place a row with this hash stands, if there is one. */
export type FindHash = (hash: Uint8Array) => number | null;

/** Before the first row of all. */
export const chainOrigin: ChainHead = { seq: 0, hash: chainStart };

/**
 * Walks one chain and says which row is the first that does not fit; of rows that share a hash, the
 * first and the last of them where the hash does not fit:
 *
 * - *changed*: its values are not those it was hashed with; where rows do not say the hash before
 *   theirs, also one that belongs elsewhere
 * - *missing*: a row that should stand there does not
 * - *doubled*: it is a copy of one before it
 * - *reordered*: it belongs behind another row
 * - *added*: it stands behind the last one that was remembered, or before the first place
 */
export class ChainWalk {
  readonly #find: FindHash;
  #head: ChainHead;
  /** Rows behind the head whose hash is still to come, and what they come to. */
  #open = 0;
  #rows: RowsHash | null = null;

  /** Begins behind `start`. */
  constructor(find: FindHash, start: ChainHead = chainOrigin) {
    this.#find = find;
    this.#head = start;
  }

  /** How far the chain is good. */
  get head(): ChainHead {
    return this.#head;
  }

  /** The place that was walked last. */
  get seq(): number {
    return this.#head.seq + this.#open;
  }

  /** To be called for each row by rising place; null while they fit. */
  next(link: ChainLink): ChainFault | null {
    const { seq, hash } = link;
    const expected = this.seq + 1;
    if (seq < expected) return { kind: seq < 1 ? "added" : "doubled", seq };
    if (seq > expected) return { kind: "missing", seq: expected };
    if (this.#open > 0 || isOfMany(link)) return this.#together(link);
    const kind = this.#faultOf(link);
    if (kind !== null) return { kind, seq };
    this.#head = { seq, hash };
    return null;
  }

  /** To be called behind the last row, with the head that was remembered, if one was. */
  finish(head: ChainHead | null): ChainFault | null {
    if (this.#open > 0) return this.#withoutEnd(head);
    const { seq: last, hash } = this.#head;
    const seq = head?.seq ?? 0;
    if (seq > last) return { kind: "missing", seq: last + 1 };
    if (seq < last) return { kind: "added", seq: seq + 1 };
    const isSame = head === null || isSameHash(head.hash, hash);
    return isSame ? null : { kind: "changed", seq };
  }

  #together({ seq, hash, values }: ChainLink): ChainFault | null {
    const rows = (this.#rows ??= new RowsHash());
    if (this.#open === 0) rows.begin(this.#head.hash);
    for (const value of values) rows.add(value);
    rows.letGo();
    this.#open += 1;
    if (hash.length === 0) return null;
    if (!isSameHash(rows.digest(), hash)) return this.#changedTogether();
    this.#open = 0;
    this.#head = { seq, hash };
    return null;
  }

  /** The last of the rows that share a hash is the one that was remembered, or it is gone. */
  #withoutEnd(head: ChainHead | null): ChainFault {
    if (head?.seq === this.seq) return this.#changedTogether();
    return { kind: "missing", seq: this.seq + 1 };
  }

  #changedTogether(): ChainFault {
    const fault: ChainFault = { kind: "changed", seq: this.#head.seq + 1 };
    return this.#open === 1 ? fault : { ...fault, lastSeq: this.seq };
  }

  #faultOf({ seq, previous, hash, values }: ChainLink): ChainFaultKind | null {
    const before = previous ?? this.#head.hash;
    if (!isSameHash(chainHash(before, values), hash)) return "changed";
    if (isSameHash(before, this.#head.hash)) return null;
    // The row is good in itself, but does not follow the one before it.
    const first = this.#find(hash);
    if (first !== null && first < seq) return "doubled";
    return this.#find(before) === null ? "missing" : "reordered";
  }
}

/** A row that says the hash before its own shares it with nobody. */
const isOfMany = ({ previous, hash }: ChainLink): boolean =>
  previous === null && (hash.length === 0 || isRowsHash(hash));
