import type { CachePoint, CanonicalRequest, Part } from "../canonical/request.ts";
import type { ModelTraits } from "./model-traits.ts";

/** A request may mark so many prefixes for the cache. */
const maxCachePoints = 4;

export const isPoint = ({ kind }: Pick<Part, "kind">): boolean => kind === "cachePoint";

function countOf({ tools, system, messages }: CanonicalRequest, traits: ModelTraits): number {
  let count = system.filter(isPoint).length;
  for (const { parts } of messages) count += parts.filter(isPoint).length;
  if (!traits.takesToolCachePoints) return count;
  return count + tools.filter((tool) => tool.cachePoint !== undefined).length;
}

/**
 * Cache points of one request, asked in the order in which they are written: of those beyond what a
 * request may have the first ones go, so that the longest prefix is kept.
 */
export class CachePoints {
  readonly #traits: ModelTraits;
  #excess: number;
  #inTools = 0;

  constructor(request: CanonicalRequest, traits: ModelTraits) {
    this.#traits = traits;
    this.#excess = countOf(request, traits) - maxCachePoints;
  }

  /** Of the points among tools, how many were written. */
  get inTools(): number {
    return this.#inTools;
  }

  /** The block for a point among tools, or among what is said; null when it is left out. */
  json({ ttl }: CachePoint, place: "tools" | "content"): string | null {
    const { takesCachePoints, takesToolCachePoints } = this.#traits;
    if (!(place === "tools" ? takesToolCachePoints : takesCachePoints)) return null;
    this.#excess -= 1;
    if (this.#excess >= 0) return null;
    if (place === "tools") this.#inTools += 1;
    return ttl === "5m"
      ? '{"cachePoint":{"type":"default"}}'
      : `{"cachePoint":{"type":"default","ttl":"${ttl}"}}`;
  }
}
