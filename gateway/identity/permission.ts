import { Failure } from "@sekisho/lib/failure/failure.ts";
import { matchesWildcard } from "@sekisho/lib/text/wildcard.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { shownModel } from "../model-name.ts";
import type { Principal } from "../principal.ts";

const isAllowed = (patterns: readonly string[], name: string): boolean => {
  for (const pattern of patterns) if (matchesWildcard(pattern, name)) return true;
  return false;
};

const listed = (patterns: readonly string[]): string => patterns.join(", ") || "nothing";

/** Throws Failure `forbidden` unless the key may call this surface. */
export function checkSurface(principal: Principal, surface: string): void {
  if (isAllowed(principal.surfaces, surface)) return;
  const why = `key ${principal.keyId} may call ${listed(principal.surfaces)}`;
  throw new Failure<Code>("forbidden", `Cannot call ${surface}: ${why}`);
}

/** Throws Failure `model_forbidden` unless the key may use a model of this name. */
export function checkModel(principal: Principal, model: string): void {
  if (isAllowed(principal.models, model)) return;
  const why = `key ${principal.keyId} may use ${listed(principal.models)}`;
  const message = `Cannot use model "${shownModel(model)}": ${why}`;
  throw new Failure<Code>("model_forbidden", message, { param: "model" });
}

/** May the key use a model of this name? */
export const mayUseModel = (principal: Principal, model: string): boolean =>
  isAllowed(principal.models, model);
