import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { past } from "./past-calls.ts";

/** Keys of the file, by what they are for. */
export const secrets = { till: "secret-of-the-till", beggar: "secret-of-the-beggar" } as const;

/** The tenant of every key that the workload makes. */
export const shop = "shop";

/** Where the workload changes the configuration, and to what. */
export const settingPath = "models.plain.defaults.maxTokens";
export const settingValue = 77;

/** A model that answers and one that makes vectors, a tenant with money, and one without. */
export const crashConfig = (simulatorUrl: string): ConfigInput => ({
  providers: {
    near: { kind: "simulator", baseUrl: `${simulatorUrl}/us-east-1/v1` },
    vectors: {
      kind: "bedrock",
      region: "us-east-1",
      baseUrl: `${simulatorUrl}/us-east-1`,
      credentials: [{ id: "main", bearer: "of-the-provider" }],
    },
  },
  models: {
    plain: { targets: [{ provider: "near", model: "gpt-4-turbo" }], defaults: { maxTokens: 200 } },
    embed: { targets: [{ provider: "vectors", model: "amazon.titan-embed-text-v2:0" }] },
  },
  ledger: { keepDays: 1 },
  tenants: {
    [past.tenant]: {},
    [shop]: {
      keys: [{ id: "till", secret: secrets.till }],
      budgets: [
        { scope: "key", window: "day", usd: 10 },
        { scope: "key", window: "month", usd: 100 },
        { scope: "tenant", window: "day", usd: 1_000 },
        { scope: "user", window: "day", usd: 10, outputTokens: 100_000 },
        { scope: "session", usd: 10, inputTokens: 100_000 },
      ],
    },
    poor: {
      keys: [{ id: "beggar", secret: secrets.beggar }],
      budgets: [{ scope: "key", window: "day", usd: 0.000_001 }],
    },
  },
});
