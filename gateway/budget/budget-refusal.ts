import { Failure } from "@sekisho/lib/failure/failure.ts";
import { readablePercent } from "@sekisho/lib/text/percent-encoded.ts";
import { rfc3339 } from "@sekisho/lib/time/rfc3339.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { freeOf, heldOf, type Shortage } from "./account.ts";
import type { Measure } from "../amounts.ts";
import { usdText } from "../usd-text.ts";
import type { BudgetLimit } from "./budget-limit.ts";

const units: Readonly<Record<Measure, string>> = {
  nanoUsd: "USD",
  // Of the reservation: bytes of the body, which no tokenizer exceeds (MON-4).
  inputTokens: "input tokens (at most one a byte)",
  outputTokens: "output tokens",
};

/** How long what others hold usually takes to come back. */
const inFlightRetryMs = 1_000;

/** The refusal of MON-11: which budget it was, what is left of it and until when. */
export function budgetRefusal(shortage: Shortage): Failure<Code> {
  const { account, measure, most, needed, code } = shortage;
  const { windowEndMs } = account;
  const unit = units[measure];
  // Whoever reads the message thinks in dollars; programs have the details.
  const shown = (amount: number): string =>
    measure === "nanoUsd" ? usdText(amount) : String(amount);
  const free = shown(Math.max(0, freeOf(account, measure)));
  return new Failure<Code>(
    code,
    `Cannot reserve budget "${readablePercent(account.account)}": ${free} ${unit} left of ` +
      `${shown(most)}, ${shown(needed)} needed; ${wayOut(shortage)}`,
    {
      ...(code === "in_flight" ? { retryAfterMs: inFlightRetryMs } : {}),
      facts: {
        budgetType: budgetType(account.limit, measure),
        limit: most,
        used: account.settled[measure],
        reserved: heldOf(account, measure),
        needed,
        ...(Number.isFinite(windowEndMs) ? { resetsAt: rfc3339(windowEndMs) } : {}),
      },
    },
  );
}

/** What the client can do, where it sees the message alone. */
function wayOut({ account, measure, code }: Shortage): string {
  if (code === "in_flight") return "calls under way hold the rest, ask again in a second";
  if (code === "request_exceeds_budget") return "no waiting helps, ask for less";
  const { windowEndMs } = account;
  const after = Number.isFinite(windowEndMs) ? [`it is full again at ${rfc3339(windowEndMs)}`] : [];
  const less = freeOf(account, measure) > 0 ? ["ask for less"] : [];
  return [...less, ...after].join(", or wait: ") || "it is not filled again";
}

const daily: Readonly<Record<Measure, string>> = {
  nanoUsd: "cost",
  inputTokens: "input_tokens",
  outputTokens: "output_tokens",
};

const ofSession: Readonly<Record<Measure, string>> = {
  nanoUsd: "session_cost",
  inputTokens: "session_input",
  outputTokens: "session_output",
};

const adverbs = { day: "daily", month: "monthly" };

/** `daily_cost` of a user, `session_input`, `tenant_monthly_output_tokens`. */
export function budgetType({ scope, window }: BudgetLimit, measure: Measure): string {
  if (window === null) return ofSession[measure];
  const type = `${adverbs[window]}_${daily[measure]}`;
  return scope === "user" ? type : `${scope}_${type}`;
}
