import { Failure } from "@sekisho/lib/failure/failure.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { RateLevels } from "@sekisho/wire/canonical/rate-level.ts";
import type { Principal } from "../principal.ts";
import { RateAccounts } from "./rate-accounts.ts";
import type { RateAsker, RateLimit, RateScope } from "./rate-limit.ts";
import { Rates } from "./rates.ts";

export const keyOf = (keyId: string, tenant = "acme", team: string | null = null): Principal => ({
  keyId,
  tenant,
  team,
  role: "client",
  models: ["*"],
  surfaces: ["*"],
  criticality: "critical",
  requestBudget: null,
  streamGraceMs: null,
});

export const key = keyOf("web");

export const askerOf = (over: Partial<RateAsker> = {}): RateAsker => ({
  principal: key,
  user: null,
  connection: 1,
  model: "chat",
  ...over,
});

export const limit = (scope: RateScope, over: Partial<RateLimit> = {}): RateLimit => ({
  scope,
  requests: null,
  tokensPerMinute: null,
  concurrent: null,
  ...over,
});

export const requests = (scope: RateScope, perSecond: number, burst: number): RateLimit =>
  limit(scope, { requests: { perSecond, burst } });

export const setUp = (limits: readonly RateLimit[], most?: number) => {
  const clock = new VirtualClock();
  const accounts = new RateAccounts(most);
  return { clock, accounts, rates: new Rates(clock, () => limits, accounts) };
};

export const refusalOf = (run: () => unknown): Failure | null => {
  try {
    run();
    return null;
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
};

export const levelsOf = (rates: Rates, asker: RateAsker): RateLevels["levels"] => {
  let found: RateLevels | null = null;
  refusalOf(() => rates.look(asker, (standing) => (found = standing())));
  return (found as RateLevels | null)?.levels ?? []; // set by the call above
};

export const remaining = (rates: Rates, asker = askerOf()): Record<string, number> =>
  Object.fromEntries(levelsOf(rates, asker).map(({ policy, remaining: n }) => [policy.name, n]));
