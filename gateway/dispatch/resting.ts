import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { Health, Rest, RestCause } from "../health.ts";
import { shownModel } from "../model-name.ts";
import type { Plan, PlannedAttempt } from "../plan.ts";

/** A pause that is no longer is waited for: a refusal would cost the client more. */
export const shortPauseMs = 250;

/**
 * How long until one of them may be tried whose provider asked for a pause: 0 when one may now. An
 * open circuit lets one probe through: it is not worth the wait for those who are not that one.
 */
export const shortestPauseMs = (
  attempts: readonly PlannedAttempt[],
  health: Health,
  nowMs: number,
): number => Math.min(...attempts.map(({ target }) => pauseMs(health.restOf(target, nowMs))));

function pauseMs(rest: Rest | null): number {
  if (rest === null) return 0;
  return rest.cause === "cooling" ? rest.forMs : Infinity;
}

/** Of one target, and of several. */
const words: Record<RestCause, readonly [one: string, several: string]> = {
  circuit: ["rests after failures", "rest after failures"],
  region: ["rests after failures of its region", "rest after failures of their region"],
  credential: ["rests: its credential was refused", "rest: their credentials were refused"],
  cooling: ["rests as its provider asked", "rest as their providers asked"],
  drained: ["is taken out of use by an administrator", "are taken out of use by an administrator"],
  forced: ["is held open by an administrator", "are held open by an administrator"],
};

/** An administrator's hold has no end that is known: the client is told to try in a while. */
const unknownRestMs = 30_000;
const leastRetryMs = 1_000;

/** Said by the failure of a call all of whose targets administrators keep from use. */
const heldByAdministrators = { heldBy: "administrators" } as const;

/** Do administrators alone keep the call from being served? */
export const isHeld = ({ details }: Failure): boolean =>
  details.facts?.["heldBy"] === heldByAdministrators.heldBy;

/** What a client is told when every target of its plan rests. */
export function restingFailure(
  { model, attempts }: Plan,
  health: Health,
  nowMs: number,
): Failure<Code> {
  const rests = attempts
    .map(({ target }) => health.restOf(target, nowMs))
    .filter((rest) => rest !== null);
  const forMs = Math.min(...rests.map((rest) => rest.forMs));
  const isKnown = rests.length === 0 || Number.isFinite(forMs);
  const leastMs = rests.length === 0 ? 0 : forMs;
  const retryAfterMs = Math.max(leastRetryMs, Math.ceil(isKnown ? leastMs : unknownRestMs));
  const next = isKnown ? `, the next try may be in ${retryAfterMs} ms` : "";
  const isCredential = rests.length > 0 && rests.every(({ cause }) => cause === "credential");
  return new Failure<Code>(
    isCredential ? "upstream_auth" : "circuit_open",
    `Cannot call model "${shownModel(model)}": ${restsInWords(rests, attempts.length)}${next}`,
    { retryAfterMs, ...(isKnown ? {} : { facts: heldByAdministrators }) },
  );
}

/** How many of the targets rest, and why: each cause with its own number. */
function restsInWords(rests: readonly Rest[], count: number): string {
  const counts = new Map<RestCause, number>();
  for (const { cause } of rests) counts.set(cause, (counts.get(cause) ?? 0) + 1);
  // Its rest has ended since, and another call was quicker.
  if (rests.length < count) {
    counts.set("circuit", (counts.get("circuit") ?? 0) + count - rests.length);
  }
  const said = [...counts].map(([cause, own]) => [own, words[cause][own === 1 ? 0 : 1]] as const);
  const [only] = said;
  if (said.length !== 1 || only === undefined) {
    return `of ${count} targets ${said.map(([own, what]) => `${own} ${what}`).join(", ")}`;
  }
  return count === 1 ? `its target ${only[1]}` : `all ${count} targets ${only[1]}`;
}
