import { Failure, type FailureDetails } from "@sekisho/lib/failure/failure.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { rateName, type RateShortage } from "./rate-account.ts";
import type { RateScope } from "./rate-limit.ts";

const owners: Readonly<Record<RateScope, string>> = {
  tenant: "the tenant",
  team: "the team",
  key: "the key",
  user: "the user",
  connection: "the connection",
  model: "the model",
};

interface Refusal {
  readonly why: string;
  /** What of the limit is in use. */
  readonly used: number;
  readonly facts: Readonly<Record<string, number>>;
}

/** The refusal of MON-13: which rate it was, what of it is used and when to try again. */
export function rateRefusal(shortage: RateShortage, nowMs: number): Failure<Code> {
  const { account, kind, waitMs } = shortage;
  const { scope } = account.limit;
  const limit = limitOf(shortage);
  const remaining =
    account.levels(nowMs).find(({ policy }) => policy.kind === kind)?.remaining ?? 0;
  const { why, used, facts } = told(shortage, { limit, remaining });
  const isFinal = waitMs === Infinity;
  const retryAfterMs = Math.ceil(waitMs);
  const hint: FailureDetails = isFinal ? { retryable: false } : { retryAfterMs };
  return new Failure<Code>("rate_limited", `Cannot accept the request: ${why}`, {
    ...hint,
    facts: {
      rateType: rateName(scope, kind),
      limit,
      used,
      ...facts,
      ...(isFinal ? {} : { retryAfterMs }),
    },
  });
}

const limitOf = ({ account: { limit }, kind }: RateShortage): number => {
  if (kind === "concurrent") return limit.concurrent ?? 0;
  return (kind === "tokens" ? limit.tokensPerMinute : limit.requests?.burst) ?? 0;
};

function told(
  { account, kind, tokens, waitMs }: RateShortage,
  { limit, remaining }: { readonly limit: number; readonly remaining: number },
): Refusal {
  const owner = owners[account.limit.scope];
  const used = limit - remaining;
  switch (kind) {
    case "requests": {
      const perSecond = account.limit.requests?.perSecond ?? 0;
      const verb = account.limit.scope === "model" ? "is asked" : "sends";
      const rate = `${perSecond} requests per second with a burst of ${limit}`;
      const why = `${owner} ${verb} faster than ${rate}`;
      return { why, used, facts: { requestsPerSecond: perSecond } };
    }
    case "concurrent": {
      const why = `${account.underWay} calls of ${owner} are under way, its limit is ${limit}`;
      return { why, used: account.underWay, facts: {} };
    }
    case "tokens": {
      const why =
        waitMs === Infinity
          ? `it could take ${tokens} tokens, more than the ${limit} per minute of ${owner}`
          : `${owner} has ${remaining} tokens left of ${limit} per minute, ${tokens} needed`;
      return { why, used, facts: { needed: tokens } };
    }
  }
}
