import { parseConfig } from "@sekisho/server/config/loading/parse-config.ts";
import type { Config, ConfigInput } from "@sekisho/server/config/schema.ts";
import { originOf, secretOf } from "../providers/read-call.ts";

/** Three regions that serve the same models. */
export const regions = ["east", "west", "north"] as const;

export type Region = (typeof regions)[number];

export const loadKey = "secret-of-the-load";

type Models = NonNullable<ConfigInput["models"]>;
export type Alias = Extract<Models[string], { targets: unknown }>;
/** How the regions' health is learnt; null: as the gateway does by itself, from calls. */
export type Probe = { readonly kind: "call"; readonly everyMs: number } | null;
/** What an operator declares of a region's quota. */
export type Quota = Partial<Record<"requestsPerMinute" | "tokensPerMinute", number>>;

/** What else an operator declares: quotas by region, prices by model. */
export interface Declared {
  readonly quotas?: Partial<Record<Region, Quota>>;
  readonly prices?: NonNullable<NonNullable<ConfigInput["prices"]>["override"]>;
}

const credentialId = "main";

/** An alias over the three regions; the rest is as the gateway has it by itself. */
export const acrossRegions = (
  model: string,
  change: Omit<Partial<Alias>, "targets"> = {},
  weights: readonly number[] = [1, 1, 1],
): Alias => ({
  targets: regions.map((provider, at) => ({ provider, model, weight: weights[at] ?? 1 })),
  ...change,
});

/** A configuration as an administrator writes it, with the defaults of everything else. */
export function steadyConfig(
  models: Models,
  probe: Probe = null,
  { quotas = {}, prices = {} }: Declared = {},
): Config {
  const file: ConfigInput = {
    providers: Object.fromEntries(
      regions.map((name) => [
        name,
        {
          kind: "openai-compatible",
          region: name,
          baseUrl: originOf(name),
          ...(probe === null ? {} : { probe }),
          limits: quotas[name] ?? {},
          credentials: [{ id: credentialId, apiKey: `env:KEY_OF_${name.toUpperCase()}` }],
        },
      ]),
    ),
    models,
    prices: { override: prices },
    tenants: { load: { keys: [{ id: "load", secret: loadKey }] } },
  };
  const variables = Object.fromEntries(
    regions.map((name) => [`KEY_OF_${name.toUpperCase()}`, secretOf(name, credentialId)]),
  );
  const outcome = parseConfig(
    { name: "regions.json", bytes: Buffer.from(JSON.stringify(file)) },
    { settings: [], variables, readFile: () => Buffer.alloc(0) },
  );
  if (outcome.ok) return outcome.value.config;
  throw new Error(outcome.problems.map(({ sentence }) => sentence).join("\n"));
}
