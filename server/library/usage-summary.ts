import type { TokenCounts } from "./completion.ts";

/** Which calls of the ledger are summed up. */
export interface UsageQuestion {
  /** All tenants when it is left out. */
  readonly tenantId?: string | undefined;
  readonly agentId?: string | undefined;
  /** How far back; 24 hours when it is left out. */
  readonly range?: "1h" | "24h" | "7d" | "30d" | undefined;
}

/** What calls came to, from the ledger: also those of earlier processes and of the server. */
export interface UsageSummary {
  /** RFC 3339. */
  readonly from: string;
  readonly to: string;
  readonly totalRequests: number;
  readonly totalErrors: number;
  readonly totalTokens: TokenCounts;
  readonly totalCostUsd: number;
  /** The same, exact: billionths of a USD in decimal, for `BigInt`. */
  readonly totalCostNanoUsd: string;
  /** The share of calls that were given the answer of another one. */
  readonly cacheHitRate: number;
  readonly averageLatencyMs: number;
  readonly averageCostUsd: number;
}

/** What the calls of this process came to since it began. */
export type ProcessStats = Omit<UsageSummary, "from" | "to">;
