import type { BalanceKind } from "@sekisho/lib/resilience/balance.ts";

/** Nano-USD per million tokens, as the provider itself would bill. */
export interface PricePlan {
  readonly model: string;
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
}

/** One place a call can go to. */
export interface TargetPlan {
  readonly provider: string;
  readonly credential: string;
  readonly model: string;
}

/** When all of a provider's region, or of a credential, is rested together. */
export interface PlacePlan {
  readonly regionFailures: number | null;
  readonly regionModels: number;
  readonly regionOpenMs: number;
  readonly quarantineMs: number | null;
}

/** One region of a vendor, as the configuration names it. */
export interface ProviderPlan {
  readonly name: string;
  /** Vendors share the names of regions: what befalls one may befall all of them there. */
  readonly region: string;
  readonly credentials: readonly string[];
  readonly health: PlacePlan;
}

export interface BreakerPlan {
  readonly failures: number;
  readonly failureShare: number;
  readonly burstWindowMs: number;
  readonly windowMs: number;
  readonly openMs: number;
  readonly openMaxMs: number;
  readonly openGrowth: number;
  readonly successes: number;
  readonly countThrottling: boolean;
}

/** One line of an alias: a model at a provider, under one of its credentials or under each. */
export interface TargetLine {
  readonly provider: string;
  readonly model: string;
  readonly credential: string | null;
  readonly weight: number;
  readonly priority: number;
}

export interface PoolPlan {
  /** The alias that it is configured as. */
  readonly name: string;
  readonly balance: BalanceKind;
  readonly lines: readonly TargetLine[];
  readonly breaker: BreakerPlan;
  readonly timeouts: {
    readonly firstTokenMs: number;
    readonly betweenTokensMs: number;
    readonly attemptMs: number | null;
  };
  /** Its own output cap; null leaves it to the model's. */
  readonly maxTokens: number | null;
}

/** What a client may name: one pool of its own, or a chain of others'. */
export interface AliasPlan {
  readonly name: string;
  readonly pools: readonly PoolPlan[];
  readonly attempts: {
    readonly max: number;
    readonly backoffMs: number;
    readonly backoffMaxMs: number;
  };
  readonly totalMs: number;
  /** Below this healthy share of the weight its calls may go past circuits (RTE-15). */
  readonly panicBelow: number | null;
}

/** What retries may come to (RTE-9). */
export interface RetryPlan {
  readonly cap: number;
  readonly perCall: number;
  readonly floor: number;
  readonly floorWindowMs: number;
  readonly spendShare: number | null;
}

/** What is limited, null: nothing of it. */
export interface MostPlan {
  readonly nanoUsd: number | null;
  readonly inputTokens: number | null;
  readonly outputTokens: number | null;
}

export interface BudgetPlan {
  readonly scope: "tenant" | "team" | "key" | "rule" | "session";
  /** Null for sessions. */
  readonly window: "day" | "month" | null;
  readonly most: MostPlan;
}

export interface KeyPlan {
  readonly id: string;
  readonly secret: string;
  readonly team: string | null;
}

export interface TenantPlan {
  readonly name: string;
  readonly keys: readonly KeyPlan[];
  readonly budgets: readonly BudgetPlan[];
  readonly rates: readonly RatePlan[];
}

export interface RatePlan {
  readonly scope: "tenant" | "key" | "user";
  readonly requestsPerSecond?: number;
  readonly burst?: number;
  readonly tokensPerMinute?: number;
  readonly concurrent?: number;
}

/** What the gateway is told, and what the providers are. */
export interface GatewayPlan {
  readonly providers: readonly ProviderPlan[];
  readonly prices: readonly PricePlan[];
  readonly aliases: readonly AliasPlan[];
  readonly retries: RetryPlan;
  readonly tenants: readonly TenantPlan[];
  readonly flushMs: number;
}
