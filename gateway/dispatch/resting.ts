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

const words: Record<RestCause, string> = {
  circuit: "rest after failures",
  region: "rest after failures",
  credential: "rest: the providers refused their credentials",
  cooling: "rest as their providers asked",
  drained: "are taken out of use by an administrator",
  forced: "are held open by an administrator",
};

/** An administrator's hold has no end that is known: the client is told to try in a while. */
const unknownRestMs = 30_000;
const leastRetryMs = 1_000;

/** What a client is told when every target of its plan rests. */
export function restingFailure(
  { model, attempts }: Plan,
  health: Health,
  nowMs: number,
): Failure<Code> {
  const rests = attempts
    .map(({ target }) => health.restOf(target, nowMs))
    .filter((rest) => rest !== null);
  const [first] = rests.toSorted((a: Rest, b: Rest) => a.forMs - b.forMs);
  const forMs = Number.isFinite(first?.forMs) ? (first?.forMs ?? 0) : unknownRestMs;
  const retryAfterMs = Math.max(leastRetryMs, Math.ceil(forMs));
  const isCredential = rests.length > 0 && rests.every(({ cause }) => cause === "credential");
  return new Failure<Code>(
    isCredential ? "upstream_auth" : "circuit_open",
    `Cannot call model "${shownModel(model)}": all ${attempts.length} targets ` +
      `${words[first?.cause ?? "circuit"]}, the next try may be in ${retryAfterMs} ms`,
    { retryAfterMs },
  );
}
