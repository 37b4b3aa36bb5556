import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { CacheLife, PromptCut } from "./question.ts";
import type { TokenCounts } from "./reply.ts";

/** A shorter beginning is not kept. */
export const leastCachedTokens = 1_024;
/** So many blocks before a cache point are looked for, beside its own. */
export const cutsLookedBack = 20;

const mostKept = 10_000;
const livesMs: Readonly<Record<CacheLife, number>> = { "5m": 300_000, "1h": 3_600_000 };

interface Kept {
  readonly life: CacheLife;
  expiresAtMs: number;
}

/** The beginnings of prompts that were marked for keeping, each for as long as it was asked. */
export class PromptCache {
  readonly #clock: Clock;
  readonly #kept = new Map<string, Kept>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  clear(): void {
    this.#kept.clear();
  }

  /**
   * The tokens of a call whose prompt may be cut there: what is kept under `owner` already is read,
   * what is marked beyond that is written. A count of cached tokens that is set already stands.
   */
  account(owner: string, cuts: readonly PromptCut[], tokens: TokenCounts): TokenCounts {
    if (tokens.cached > 0) return tokens;
    const long = cuts.filter((cut) => cut.tokens >= leastCachedTokens);
    const cached = this.#read(owner, long);
    const written = { "5m": 0, "1h": 0 };
    let through = cached;
    for (const { keep, tokens: until, digest } of long) {
      if (keep === null || until <= through) continue;
      written[keep] += until - through;
      through = until;
      this.#keep(`${owner} ${digest}`, keep);
    }
    return { ...tokens, cached, cacheWrite5m: written["5m"], cacheWrite1h: written["1h"] };
  }

  /** The tokens of the longest beginning that is kept; to read it keeps it longer. */
  #read(owner: string, cuts: readonly PromptCut[]): number {
    const nowMs = this.#clock.monotonicMs();
    for (let point = cuts.length - 1; point >= 0; point--) {
      if (cuts[point]?.keep === null) continue;
      for (const cut of cuts.slice(Math.max(0, point - cutsLookedBack), point + 1).toReversed()) {
        const kept = this.#kept.get(`${owner} ${cut.digest}`);
        if (kept === undefined || kept.expiresAtMs <= nowMs) continue;
        kept.expiresAtMs = nowMs + livesMs[kept.life];
        return cut.tokens;
      }
    }
    return 0;
  }

  #keep(key: string, life: CacheLife): void {
    this.#kept.delete(key);
    const [oldest] = this.#kept.keys();
    if (this.#kept.size >= mostKept && oldest !== undefined) this.#kept.delete(oldest);
    this.#kept.set(key, { life, expiresAtMs: this.#clock.monotonicMs() + livesMs[life] });
  }
}
