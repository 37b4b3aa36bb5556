import type { Catalog } from "@sekisho/gateway/catalog/catalog.ts";
import type { Health } from "@sekisho/gateway/health.ts";
import type { Target } from "@sekisho/gateway/target.ts";

/**
 * Models of the configuration of which every target rests or is drained. A pause that a provider
 * asked for is none: it ends by itself, and soon.
 */
export function unservedModels(
  catalog: Pick<Catalog, "names" | "peek">,
  health: Pick<Health, "restOf">,
  nowMs: number,
): string[] {
  const isOut = (target: Target): boolean => {
    const rest = health.restOf(target, nowMs);
    return rest !== null && rest.cause !== "cooling";
  };
  return catalog
    .names()
    .filter((name) => catalog.peek(name).pools.every(({ targets }) => targets.every(isOut)));
}
