import { later, type OutcomeTable } from "./fault-outcome.ts";
import { usualOutcomes } from "./usual.data.ts";

/** A target that speaks Anthropic's messages. */
export const anthropicOutcomes: OutcomeTable = {
  ...usualOutcomes,
  // Half an event stands on a line of its own there, and is seen to be broken.
  "truncated-frame": {
    ...later("upstream_malformed"),
    translated: { afterContent: "upstream_cut" },
  },
  "no-terminal": {
    stream: { afterContent: "upstream_cut", isReasonTold: true },
    translated: { afterContent: "upstream_cut" },
    plain: "upstream_malformed",
  },
};
