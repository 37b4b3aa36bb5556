import { Failure } from "@sekisho/lib/failure/failure.ts";
import { codes, type Code } from "@sekisho/wire/canonical/codes.data.ts";
import { noUsage } from "@sekisho/wire/canonical/usage.ts";
import type { AttemptFailure, AttemptOutcome } from "../attempt.ts";

/** A target to which nothing could be sent is no worse for it: another may do. */
export const notSent = (error: unknown): AttemptOutcome => ({
  kind: "failed",
  measured: { usage: noUsage, source: "none" },
  failure: {
    // Providers throw failures of the table's codes only.
    code: error instanceof Failure ? (error.code as Code) : "internal",
    message: error instanceof Failure ? error.message : codes.internal.meaning,
    param: error instanceof Failure ? (error.details.param ?? null) : null,
    reach: "unsent",
    status: null,
    retryAfterMs: null,
    verdict: "failover",
    credentialFault: false,
    thrown: error instanceof Failure ? error.cause : error,
  },
});

/** What the client is told of an attempt that failed. */
export function toFailure(failure: AttemptFailure): Failure<Code> {
  const { code, message, param, retryAfterMs, thrown } = failure;
  const details = {
    ...(param === null ? {} : { param }),
    ...(retryAfterMs === null ? {} : { retryAfterMs }),
  };
  return new Failure<Code>(code, message, details, thrown);
}

export const deadlineFailure = (): Failure<Code> =>
  new Failure<Code>("deadline_exceeded", "Cannot go on with the request: its deadline has passed");

/** What the client is told of an attempt that was ended. */
export const endedFailure = (cause: Code): Failure<Code> =>
  new Failure<Code>(
    cause,
    cause === "deadline_exceeded"
      ? "The answer was cut: the request's deadline has passed"
      : "The call was ended before it was answered whole",
  );
