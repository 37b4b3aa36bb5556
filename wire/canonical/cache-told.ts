/**
 * What kept answers had to do with a call, as its client is told (STR-14): it was given a kept one
 * (`hit`, `semantic`) or one that was being made (`shared`), or a model was asked; `bypass`:
 * nothing is kept of what it says.
 */
export interface CacheTold {
  readonly kind: "hit" | "shared" | "semantic" | "miss" | "refresh" | "bypass";
  /** What the request is known by; absent where nothing is kept. */
  readonly key?: string;
  /** Of an answer that was given again. */
  readonly ageMs?: number;
  /** How near its words are to those that were answered, where they are not the same. */
  readonly similarity?: number;
}
