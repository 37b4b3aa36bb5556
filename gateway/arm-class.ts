import type { ArmOutcome } from "@sekisho/wire/admin/splits.ts";
import { codes, type Code } from "@sekisho/wire/canonical/codes.data.ts";
import { isGiven } from "./cache-policy.ts";
import type { Call } from "./call.ts";

/** Those that speak against an arm. */
export const faults: ReadonlySet<ArmOutcome> = new Set<ArmOutcome>([
  "throttled",
  "timed_out",
  "failed",
]);

const told: Partial<Readonly<Record<Code, ArmOutcome>>> = {
  client_closed: "left",
  cancelled: "left",
  slow_reader: "left",
  hedge_lost: "left",
  upstream_rate_limited: "throttled",
  upstream_timeout: "timed_out",
  draining: "lost",
  overloaded: "lost",
  storage_unavailable: "lost",
  stream_interrupted: "lost",
};

/** A call that is over, as far as its class depends on it. */
export interface ClassedCall {
  readonly call: Pick<Call, "arrivedMs" | "deadlineMs" | "cache"> & {
    readonly entry: Pick<Call["entry"], "totalMs">;
  };
  readonly cause: Code | null;
}

/** What a client asks wrongly, or gives too little time, speaks against no arm. */
export function armClassOf({ call, cause }: ClassedCall): ArmOutcome {
  if (cause === null) return isGiven(call.cache) ? "given" : "answered";
  if (cause === "deadline_exceeded") {
    const isOwn = call.deadlineMs - call.arrivedMs < call.entry.totalMs;
    return isOwn ? "refused" : "timed_out";
  }
  const known = told[cause];
  if (known !== undefined) return known;
  return codes[cause].status < 500 ? "refused" : "failed";
}
