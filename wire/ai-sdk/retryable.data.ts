import type { Code } from "../canonical/codes.data.ts";
import type { FaultRow } from "../canonical/fault-row.ts";
import type { Verdict } from "../canonical/provider-fault.ts";

const row = (code: Code, verdict: Verdict): FaultRow => ({ code, verdict });
const noCredential: FaultRow = { code: "upstream_auth", verdict: "failover", credential: true };

const uncarried = row("unsupported_by_target", "failover");
const rejected = row("upstream_rejected", "final");
/** What the administrator wrote is at fault: another target may do. */
const misnamed = row("upstream_rejected", "failover");

/** Not an answer that the package understands. */
export const malformedAnswer: FaultRow = row("upstream_malformed", "retry");

/** An answer that ended before it was complete. */
export const cutAnswer: FaultRow = row("upstream_cut", "retry");

/** The provider was reached, or not: the package does not say, but that it may be tried again. */
export const unavailable: FaultRow = row("upstream_unavailable", "retry");

/** The package gave up waiting, and nobody had asked it to. */
export const late: FaultRow = row("upstream_timeout", "retry");

/** Anything else that a package throws, its own defects included. */
export const unknownFault: FaultRow = row("upstream_error", "failover");

/** The engine's own errors: nothing that a provider says is thrown as one. */
const defect: FaultRow = row("upstream_defect", "failover");

/** By the name of an error; one of `AI_APICallError` goes by its status and its words. */
export const faultsByName: Readonly<Record<string, FaultRow>> = {
  AI_LoadAPIKeyError: noCredential,
  AI_LoadSettingError: noCredential,
  AI_NoSuchModelError: misnamed,
  AI_NoSuchProviderReferenceError: uncarried,
  AI_UnsupportedFunctionalityError: uncarried,
  AI_InvalidPromptError: rejected,
  AI_InvalidArgumentError: rejected,
  AI_EmptyResponseBodyError: malformedAnswer,
  AI_InvalidResponseDataError: malformedAnswer,
  AI_JSONParseError: malformedAnswer,
  AI_NoContentGeneratedError: malformedAnswer,
  AI_TypeValidationError: malformedAnswer,
  AbortError: late,
  TimeoutError: late,
  RangeError: defect,
  ReferenceError: defect,
  TypeError: defect,
};
