import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { steadfastHealth } from "../../harness/steered-config.ts";
import type { ContractTarget, ProviderInput } from "../../contract/targets/contract-target.ts";

export type ModelInput = NonNullable<ConfigInput["models"]>[string];
export type PoolInput = Extract<ModelInput, { readonly targets: unknown }>;

/** Faults follow one another in these tests: none of them keeps the next from being tried. */
export const steadfast = { breaker: { failures: 1_000 } } satisfies Partial<PoolInput>;

/** Nor do too many of them in one minute, or a client that asks too often. */
export const generous = {
  retryBudget: { cap: 1_000_000, spendShare: null },
  tenants: {
    demo: { rates: [{ scope: "key", requestsPerSecond: 100_000, burst: 100_000 }] },
  },
} satisfies ConfigInput;

/** Nor a connection that a busy machine is late to make. */
const patientConnectMs = 20_000;

/** A provider of that dialect at that address, which no number of faults puts to rest. */
export const steadfastProvider = (
  target: ContractTarget,
  url: string,
  connectMs = patientConnectMs,
): ProviderInput => ({ ...target.provider(url), health: steadfastHealth, pool: { connectMs } });
