import { Failure } from "@sekisho/lib/failure/failure.ts";
import { nearestAre, nearNames } from "@sekisho/lib/text/near-names.ts";
import { matchesWildcard } from "@sekisho/lib/text/wildcard.ts";
import { embeddingWordsOf } from "@sekisho/wire/bedrock/embedding/embedding-words.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { ModelEntry, Pool, SplitChoice } from "../model-entry.ts";
import type { Principal } from "../principal.ts";
import type { Target } from "../target.ts";
import { shownModel } from "../model-name.ts";

/** A family of names: what matches the pattern is served under the name that the client used. */
export interface Wildcard {
  readonly pattern: string;
  /** Throws Failure `unpriced` where the name must have a price and has none. */
  entryFor(model: string): ModelEntry;
  /** Names of the family that are known to stand for a model, spelt as this one is. */
  namesLike(model: string): readonly string[];
}

/** Who asks: patterns of the names that may be told. */
export type Asking = Pick<Principal, "models">;

/** A name that was asked for, and by whom. */
interface Hinted {
  readonly model: string;
  readonly asking: Asking | null;
}

/** What becomes of names that nothing stands behind. */
const ofNames: ReadonlySet<string> = new Set<Code>(["model_not_found", "unpriced"]);

/** Clients choose the names, so only so many entries of wildcards are kept. */
const rememberedNames = 1_000;

/** The names that clients may use. A new configuration makes a new catalogue. */
export class Catalog {
  readonly #exact: ReadonlyMap<string, ModelEntry>;
  readonly #wildcards: readonly Wildcard[];
  readonly #remembered = new Map<string, ModelEntry>();

  constructor(entries: readonly ModelEntry[], wildcards: readonly Wildcard[]) {
    this.#exact = new Map(entries.map((entry) => [entry.name, entry]));
    // The most specific pattern wins, whatever the order in the file.
    this.#wildcards = wildcards.toSorted((a, b) => b.pattern.length - a.pattern.length);
  }

  /**
   * Throws Failure `model_not_found`, or that of a family of names, naming the model and those near
   * to it that whoever asks may use; null may use all.
   */
  resolve(model: string, asking: Asking | null = null): ModelEntry {
    const known = this.#exact.get(model) ?? this.#remembered.get(model);
    if (known !== undefined) return known;
    const entry = this.peek(model, asking);
    if (this.#remembered.size >= rememberedNames) this.#remembered.clear();
    this.#remembered.set(model, entry);
    return entry;
  }

  /** As `resolve`, and nothing is remembered of it. */
  peek(model: string, asking: Asking | null = null): ModelEntry {
    try {
      return this.#find(model);
    } catch (refusal) {
      throw this.hinted(refusal, { model, asking });
    }
  }

  /**
   * Does the name stand for models alone that make vectors, as far as is known of them? One of
   * Bedrock's models for vectors says so itself.
   */
  makesVectors(model: string): boolean {
    if (embeddingWordsOf(model) !== null) return true;
    try {
      const targets = this.#find(model).pools.flatMap((pool) => pool.targets);
      return targets.every(({ embedding }) => embedding?.isGuess === false);
    } catch (failure) {
      // What is wrong with the name is told to whoever may ask for it.
      if (failure instanceof Failure) return false;
      throw failure;
    }
  }

  /** Names without a wildcard, in the order of configuration. */
  names(): string[] {
    return [...this.#exact.keys()];
  }

  /** The patterns of families of names, the most specific first. */
  wildcards(): string[] {
    return this.#wildcards.map(({ pattern }) => pattern);
  }

  /** The names that divide their calls, in the order of configuration. */
  splits(): SplitChoice[] {
    return [...this.#exact.values()].flatMap(({ choice }) =>
      choice?.kind === "split" ? [choice] : [],
    );
  }

  /** Those of all names without a wildcard, each once. */
  pools(): Pool[] {
    // Those of a choice are pools of other names.
    const pools = [...this.#exact.values()].flatMap((entry) => entry.pools);
    return [...new Set(pools)];
  }

  /** The targets of all names without a wildcard. */
  targets(): Target[] {
    return this.pools().flatMap((pool) => pool.targets);
  }

  /** Throws as `resolve`, and names no others. */
  #find(model: string): ModelEntry {
    const known = this.#exact.get(model) ?? this.#remembered.get(model);
    if (known !== undefined) return known;
    const wildcard = this.#wildcards.find((each) => matchesWildcard(each.pattern, model));
    if (wildcard !== undefined) return wildcard.entryFor(model);
    const message = `Cannot find model "${shownModel(model)}": it is not configured`;
    throw new Failure<Code>("model_not_found", message, { param: "model" });
  }

  /**
   * A refusal that may come of a misspelt name, with the names near to it that whoever asks may
   * use. One of a name that is configured as it stands is no such refusal.
   */
  hinted<T>(refusal: T, { model, asking }: Hinted): T | Failure<Code> {
    if (!(refusal instanceof Failure) || !ofNames.has(refusal.code)) return refusal;
    if (this.#exact.has(model) || refusal.details.param !== "model") return refusal;
    const mayBeTold = (name: string): boolean =>
      name !== model &&
      (asking === null || asking.models.some((pattern) => matchesWildcard(pattern, name)));
    const ofFamilies = this.#wildcards.flatMap((each) => each.namesLike(model));
    const near = nearNames(model, [...this.names(), ...ofFamilies].filter(mayBeTold));
    if (near.length === 0) return refusal;
    const { code, message, details, cause } = refusal;
    // Its code is one of the table's: `ofNames` has no other.
    return new Failure<Code>(code as Code, `${message}${nearestAre(near)}`, details, cause);
  }
}
