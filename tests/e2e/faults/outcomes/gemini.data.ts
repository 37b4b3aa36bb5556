import { later, type OutcomeTable } from "./fault-outcome.ts";
import { usualOutcomes } from "./usual.data.ts";

/** A target that speaks Gemini's generateContent. */
export const geminiOutcomes: OutcomeTable = {
  ...usualOutcomes,
  // Half an event stands on a line of its own there, and is seen to be broken.
  "truncated-frame": {
    ...later("upstream_malformed"),
    translated: { afterContent: "upstream_cut" },
  },
  "error-unavailable": later("upstream_unavailable"),
};
