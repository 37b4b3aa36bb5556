import { apiFor, passes } from "../target-api.ts";
import type { Target } from "../target.ts";
import type { CarriedRequest } from "./carriage-refusal.ts";

/**
 * The field or header in which a request asks this target for what no line of the price book
 * charges: a faster tier, a place, a search. Null where there is none, and where it does not get
 * there: translations drop it or are refused.
 */
export function premiumOf(request: CarriedRequest, target: Target): string | null {
  const field =
    request.read.facts.premium ??
    request.headerFeatures.find(({ isPremium }) => isPremium)?.header ??
    null;
  if (field === null) return null;
  return passes(request, apiFor(target, request), target.upstreamModel) ? field : null;
}
