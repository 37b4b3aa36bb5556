import { both, later, type FaultOutcomes, type OutcomeTable } from "./fault-outcome.ts";
import { usualOutcomes } from "./usual.data.ts";

/** Frames of AWS have lengths and checksums. */
const brokenFrame: FaultOutcomes = {
  stream: { afterContent: "upstream_malformed" },
  plain: "whole",
};

/** There are no words for an error with the status 200 that is no stream. */
const noError = "upstream_malformed";

/** Bedrock's Converse. */
export const converseOutcomes: OutcomeTable = {
  ...usualOutcomes,
  // An exception of the account's, which another account may not have.
  quota: both("upstream_rate_limited"),
  "error-body": both(noError),
  "error-first": { stream: "upstream_error", plain: noError },
  "error-event": later("upstream_error", noError),
  "error-unavailable": later("upstream_unavailable"),
  "bad-crc": brokenFrame,
  "huge-length": brokenFrame,
};

/** Bedrock's InvokeModel with bodies of Claude's. */
export const invokeOutcomes: OutcomeTable = {
  ...converseOutcomes,
  "no-terminal": {
    stream: { afterContent: "upstream_cut", isReasonTold: true },
    translated: { afterContent: "upstream_cut" },
    plain: "upstream_malformed",
  },
};
