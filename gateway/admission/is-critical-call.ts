import {
  criticalities,
  lesserCriticality,
  usualCriticality,
  type Criticality,
} from "@sekisho/wire/criticality.ts";
import type { ModelEntry } from "../model-entry.ts";
import type { Principal } from "../principal.ts";

const leastCritical = criticalities.indexOf("critical");

/**
 * Is the call of the classes `critical` and above, by its own word and that of its key? Asked only
 * where something is declared that depends on it; false elsewhere. Throws Failure.
 */
export function isCriticalCall(
  { steering }: Pick<ModelEntry, "steering">,
  principal: Pick<Principal, "criticality"> | null,
  said: { criticality(): Criticality | null },
): boolean {
  if ((steering?.panicBelow ?? null) === null) return false;
  const claimed = said.criticality() ?? usualCriticality;
  const own = lesserCriticality(claimed, principal?.criticality ?? claimed);
  return criticalities.indexOf(own) <= leastCritical;
}
