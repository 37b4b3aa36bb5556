import { later, type OutcomeTable } from "./fault-outcome.ts";
import { usualOutcomes } from "./usual.data.ts";

/** A target that speaks OpenAI's chat completions. */
export const openaiOutcomes: OutcomeTable = {
  ...usualOutcomes,
  // Half an event stands on a line of its own there, and is seen to be broken.
  "truncated-frame": {
    ...later("upstream_malformed"),
    translated: { afterContent: "upstream_cut" },
  },
  // In a stream there is no status: this dialect's type for a 408 blames the request.
  "error-timeout": later("upstream_rejected", "upstream_timeout"),
  // The reason for the end has been told, and `[DONE]` says nothing beside it.
  "no-terminal": { stream: "whole", plain: "upstream_malformed" },
};
