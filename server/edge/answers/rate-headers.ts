import type { RateStanding } from "@sekisho/gateway/rate-standing.ts";
import type { AnyHead } from "@sekisho/gateway/request.ts";
import { rateFields } from "@sekisho/wire/rate-fields.ts";
import type { ClientSurface } from "./model-surface.ts";

/**
 * Flat: what the caller's rates leave, in everybody's words and in those of the dialect (MON-13).
 * Nothing while it is not known who asks.
 */
export function rateHeaders(
  standing: RateStanding | null,
  surface: Pick<ClientSurface<AnyHead>, "rateHeaders">,
): readonly string[] {
  if (standing === null) return none;
  const found = standing();
  return [...rateFields(found.levels), ...(surface.rateHeaders?.(found) ?? none)];
}

const none: readonly string[] = [];
