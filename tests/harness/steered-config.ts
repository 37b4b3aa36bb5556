import type { ConfigInput } from "@sekisho/server/config/schema.ts";

type Model = Extract<NonNullable<ConfigInput["models"]>[string], { targets: unknown }>;

/** A stall must not cost a test much, and a busy machine must not look like one. */
const impatient = { firstTokenMs: 1_000, betweenTokensMs: 1_000, attemptMs: 2_000 };
/** And this one is for others than the tests of stalls. */
const patient = { firstTokenMs: 8_000, betweenTokensMs: 8_000, attemptMs: 15_000 };

/** Faults come one after the other here; none of them is to keep the next from being tried. */
const steadfast = { failures: 1_000 };

/** Nor is the rest of a region, or of its credential. */
export const steadfastHealth = { regionFailures: null, quarantineMs: null };

const place = (region: string, simulatorUrl: string) => ({
  kind: "simulator" as const,
  region,
  baseUrl: `${simulatorUrl}/${region}/v1`,
  health: steadfastHealth,
});

/** A model of the upstream at one provider, tried once. */
export const soleModel = (provider: string, model: string): Model => ({
  targets: [{ provider, model }],
  attempts: { max: 1 },
  breaker: steadfast,
});

/**
 * Two places of one simulator: `near` is its region us-east-1, `far` us-west-2. The model `sole` is
 * near alone and tried once, `hasty` too and with little patience; `pair` fails over from near to
 * far.
 */
export const steeredConfig = (simulatorUrl: string): ConfigInput => ({
  providers: {
    near: place("us-east-1", simulatorUrl),
    far: place("us-west-2", simulatorUrl),
  },
  models: {
    sole: soleModel("near", "gpt-4-turbo"),
    hasty: { ...soleModel("near", "gpt-4-turbo"), timeouts: impatient },
    pair: {
      targets: [
        { provider: "near", model: "gpt-4-turbo", priority: 0 },
        { provider: "far", model: "gpt-4-turbo", priority: 1 },
      ],
      balance: "failover",
      breaker: steadfast,
      timeouts: patient,
    },
  },
  tenants: {
    demo: { rates: [{ scope: "key", requestsPerSecond: 100_000, burst: 100_000 }] },
  },
});
