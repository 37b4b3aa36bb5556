import { codes, type Code } from "@sekisho/wire/canonical/codes.data.ts";
import { isGiven } from "./cache-policy.ts";
import type { Call } from "./call.ts";

/** How calls of an arm end, as its figures tell them apart. */
export const armClasses = [
  "answered",
  /** An answer that was kept, or made for another call, was given: the arm had nothing to do. */
  "given",
  /** By what the client asked for: another arm would say the same. */
  "refused",
  /** The client left, cancelled or did not read. */
  "left",
  "throttled",
  "timed_out",
  /** Any other failure. */
  "failed",
  /** By no fault of the arm's: the gateway died, stopped or lost its store. */
  "lost",
] as const;

export type ArmClass = (typeof armClasses)[number];

/** Those that speak against an arm. */
export const faults: ReadonlySet<ArmClass> = new Set<ArmClass>([
  "throttled",
  "timed_out",
  "failed",
]);

const told: Partial<Readonly<Record<Code, ArmClass>>> = {
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
export function armClassOf({ call, cause }: ClassedCall): ArmClass {
  if (cause === null) return isGiven(call.cache) ? "given" : "answered";
  if (cause === "deadline_exceeded") {
    const isOwn = call.deadlineMs - call.arrivedMs < call.entry.totalMs;
    return isOwn ? "refused" : "timed_out";
  }
  const known = told[cause];
  if (known !== undefined) return known;
  return codes[cause].status < 500 ? "refused" : "failed";
}
