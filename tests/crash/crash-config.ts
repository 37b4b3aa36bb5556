import type { ConfigInput } from "@sekisho/server/config/schema.ts";

/** Keys of the file, by what they are for. */
export const secrets = { till: "secret-of-the-till", beggar: "secret-of-the-beggar" } as const;

/** The tenant of every key that the workload makes. */
export const shop = "shop";

/** Where the workload changes the configuration, and to what. */
export const settingPath = "models.plain.defaults.maxTokens";
export const settingValue = 77;

/** One model at one provider, a tenant with money, and one without. */
export const crashConfig = (simulatorUrl: string): ConfigInput => ({
  providers: { near: { kind: "simulator", baseUrl: `${simulatorUrl}/us-east-1/v1` } },
  models: {
    plain: { targets: [{ provider: "near", model: "gpt-4-turbo" }], defaults: { maxTokens: 200 } },
  },
  tenants: {
    [shop]: {
      keys: [{ id: "till", secret: secrets.till }],
      budgets: [
        { scope: "key", window: "day", usd: 10 },
        { scope: "key", window: "month", usd: 100 },
      ],
    },
    poor: {
      keys: [{ id: "beggar", secret: secrets.beggar }],
      budgets: [{ scope: "key", window: "day", usd: 0.000_001 }],
    },
  },
});
