import type { RowSubject } from "../ledger.ts";
import type { RollupNames } from "./rollup-names.ts";

/** Which row of a roll-up a call is added to. */
export interface RollupKey {
  /** In the order of the key's columns. */
  readonly values: readonly (string | number)[];
  /** The same as one text, for folding. */
  readonly text: string;
}

interface Kept extends RollupKey {
  readonly subject: RowSubject;
  readonly minute: number;
  readonly last: string;
}

const minuteMs = 60_000;
/** Of API keys: so many have their latest key kept. */
const maxKept = 1_000;

/**
 * The keys of one roll-up table. Calls that follow each other under one API key mostly have the
 * same: made once, it is one text, whose hash is known.
 */
export class RollupKeys {
  readonly #table: string;
  readonly #names: RollupNames;
  readonly #kept = new Map<string, Kept>();

  constructor(table: string, names: RollupNames) {
    this.#table = table;
    this.#names = names;
  }

  /** `last` is the value of the last column. */
  of(subject: RowSubject, timeMs: number, last: string): RollupKey {
    const minute = Math.floor(timeMs / minuteMs);
    const kept = this.#kept.get(subject.key);
    if (kept?.minute === minute && kept.last === last && isSame(kept.subject, subject)) return kept;
    const values = [minute, ...this.#subjectValues(subject, timeMs), last];
    const made = { subject, minute, last, values, text: `${this.#table}:${values.join("\u0000")}` };
    if (this.#kept.size >= maxKept) this.#kept.clear();
    this.#kept.set(subject.key, made);
    return made;
  }

  #subjectValues(subject: RowSubject, timeMs: number): string[] {
    const { tenant } = subject;
    return [
      tenant,
      subject.team ?? "",
      subject.key,
      this.#names.of("agent", { tenant, name: subject.agent ?? "" }, timeMs),
      this.#names.of("alias", { tenant, name: subject.alias }, timeMs),
      subject.model ?? "",
      subject.provider ?? "",
      subject.region ?? "",
    ];
  }
}

const isSame = (a: RowSubject, b: RowSubject): boolean =>
  a.tenant === b.tenant &&
  a.team === b.team &&
  a.key === b.key &&
  a.agent === b.agent &&
  a.alias === b.alias &&
  a.model === b.model &&
  a.provider === b.provider &&
  a.region === b.region;
