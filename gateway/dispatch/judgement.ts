import { costNanoUsd } from "../cost.ts";
import type { AttemptFailure, AttemptOutcome } from "../attempt.ts";
import type { HealthVerdict } from "../health.ts";
import type { PlannedAttempt } from "../plan.ts";

/** What the end of an attempt says of its target (RTE-13). */
export function verdictOf(outcome: AttemptOutcome): HealthVerdict {
  if (outcome.kind === "complete") return "success";
  if (outcome.kind === "aborted") return "none";
  const { verdict, status, code, reach, credentialFault } = outcome.failure;
  if (credentialFault) return "credential";
  if (reach === "unreached") return "network";
  if (verdict === "final" || reach === "unsent") return "none";
  if (code === "unsupported_by_target" || code === "internal") return "none";
  if (code === "upstream_auth") return "denied";
  return status === 429 || code === "upstream_rate_limited" ? "throttled" : "server";
}

/**
 * What a failed attempt may have cost for nothing: what its provider reported, all that it could
 * when nobody knows, and nothing where it refused or was never reached (RTE-9).
 */
export function wastedNanoUsd(
  { price, boundNanoUsd }: Pick<PlannedAttempt, "price" | "boundNanoUsd">,
  { failure, measured }: Extract<AttemptOutcome, { kind: "failed" }>,
): number {
  if (isUnbilled(failure) || price === null) return 0;
  const { usage, source } = measured;
  return source === "unknown" || source === "none" ? boundNanoUsd : costNanoUsd(usage, price);
}

const isUnbilled = ({ reach, status }: AttemptFailure): boolean =>
  reach !== "reached" || (status !== null && status >= 300);
