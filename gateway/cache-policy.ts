/** Whose requests may be given one another's answers; never those of two tenants (STR-14). */
export type CacheScope = "tenant" | "team" | "key" | "user";

/** What becomes of requests that say the same as one before. */
export interface CachePolicy {
  /** `request`: answers are kept where the client asks for it. */
  readonly use: "off" | "request" | "always";
  readonly ttlMs: number;
  readonly scope: CacheScope;
  /** Do requests with another temperature say something else? */
  readonly byTemperature: boolean;
  /** Absent: requests must say the same in the same words. */
  readonly semantic?: SemanticPolicy;
}

/** When the last words of two users mean the same. */
export interface SemanticPolicy {
  /** The alias whose vectors say so. */
  readonly model: string;
  /** The least cosine of two vectors. */
  readonly threshold: number;
}

/** What a client says of it for one request. */
export type SaidCache =
  | { readonly kind: "no-store" }
  | {
      readonly kind: "use";
      /** Neither older than this nor kept for longer; null: as configured. */
      readonly ttlMs: number | null;
      /** A new answer is wanted, and takes the place of the one that is kept. */
      readonly isRefresh: boolean;
    };

/** What a call would have cost that was given an answer. */
export interface Saved {
  readonly nanoUsd: number;
  /** Of whole prompts, cached by the provider or not. */
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** How a request was given the answer of another one. */
export type GivenKind = "hit" | "shared" | "semantic";

/**
 * What the cache has to do with a call, as its answer tells: `shared` reads an answer that another
 * request has asked for and that is being made; `bypass` says something that nothing is kept of.
 */
export type CacheMark =
  | GivenMark
  | { readonly kind: "miss" | "refresh"; readonly key: string }
  | { readonly kind: "bypass" };

export interface GivenMark {
  readonly kind: GivenKind;
  readonly key: string;
  readonly ageMs: number;
  /** How near the words are to those that were answered, where they are not the same. */
  readonly similarity?: number;
}

/** Was it given the answer of another call? */
export const isGiven = (mark: CacheMark | undefined): mark is GivenMark =>
  mark !== undefined && "ageMs" in mark;
