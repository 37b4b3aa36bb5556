import type { ConfigInput } from "../schema.ts";

type ModelInput = NonNullable<ConfigInput["models"]>[string];
type AliasInput = Extract<ModelInput, { targets: unknown }>;

/** The tenant of the demo key. */
export const demoTenant = "demo";

const regions = ["us-east-1", "us-west-2", "ap-northeast-1"] as const;
const openai = "sim-openai";
const anthropic = "sim-anthropic";
const gemini = "sim-gemini";
const bedrock = `sim-${regions[0]}`;

const qualityModel = "anthropic.claude-sonnet-4-6";

/** Defaults and time-outs of the classes (REF-3). */
const quick = { timeouts: { attemptMs: 10_000 } };
const thorough = { timeouts: { attemptMs: 25_000 } };
const chat = { defaults: { maxTokens: 1024, temperature: 0.3, topP: 0.9 } };

/** Whoever tries a fault wants to see the next one too: its circuit stays closed. */
const faulty = { unpriced: "allow", breaker: { failures: 1000 } } as const;

type Answering = Pick<AliasInput, "timeouts" | "defaults">;

/** A Bedrock model in every region, nearest first. */
const regional = (model: string, how: Answering = {}): ModelInput => ({
  targets: regions.map((region, priority) => ({ provider: `sim-${region}`, model, priority })),
  balance: "failover",
  ...how,
});

const sideBySide = (model: string): AliasInput["targets"] =>
  regions.map((region, at) => ({ provider: `sim-${region}`, model, weight: at === 0 ? 2 : 1 }));

/** The same with the regions side by side (REF-7), then a model of OpenAI. */
const balanced = (model: string, fallback: string, how: Answering): ModelInput => ({
  targets: [...sideBySide(model), { provider: openai, model: fallback, priority: 1 }],
  balance: "round-robin",
  ...how,
});

const single = (model: string, provider: string = openai): ModelInput => ({
  targets: [{ provider, model }],
});

/** What the plain chat service calls: a model in every region (REF-9). */
const plainChat: ModelInput = {
  targets: sideBySide(qualityModel),
  balance: "round-robin",
  timeouts: { totalMs: 29_000, attemptMs: 25_000 },
  defaults: { maxTokens: 1024, temperature: 0.5 },
};

const sonnet3 = regional("anthropic.claude-3-sonnet-20240229-v1:0", {
  ...thorough,
  defaults: { maxTokens: 4096, temperature: 0.3 },
});
const haiku3 = regional("anthropic.claude-3-haiku-20240307-v1:0", {
  ...quick,
  defaults: { maxTokens: 2048, temperature: 0.2 },
});

/**
 * What runs without a file (CFG-1): the simulator as three regions of Bedrock, as OpenAI, as
 * Anthropic and as Gemini, the names of the reference deployment (REF-3), and one tenant to try
 * them.
 */
export const embeddedDefault = {
  providers: {
    ...Object.fromEntries(
      regions.map((region) => [
        `sim-${region}`,
        { kind: "simulator" as const, dialect: "bedrock" as const, region },
      ]),
    ),
    [openai]: { kind: "simulator", region: "global" },
    [anthropic]: { kind: "simulator", dialect: "anthropic", region: "global" },
    [gemini]: { kind: "simulator", dialect: "gemini", region: "global" },
  },
  models: {
    fast: balanced("anthropic.claude-haiku-4-5-20251001-v1:0", "gpt-3.5-turbo", {
      ...quick,
      ...chat,
    }),
    quality: balanced(qualityModel, "gpt-4-turbo", { ...thorough, ...chat }),
    auto: { choose: "complexity", simple: "fast", strong: "quality" },
    chat: plainChat,
    sonnet: sonnet3,
    haiku: haiku3,
    "claude-3-sonnet": sonnet3,
    "claude-3-haiku": haiku3,
    "claude-3-opus": regional("anthropic.claude-3-opus-20240229-v1:0"),
    "claude-3.5-sonnet": regional("anthropic.claude-3-5-sonnet-20240620-v1:0"),
    "claude-2": regional("anthropic.claude-v2"),
    "claude-2.1": regional("anthropic.claude-v2:1"),
    "gpt-4": single("gpt-4"),
    "gpt-4-turbo": single("gpt-4-turbo"),
    "gpt-3.5-turbo": single("gpt-3.5-turbo"),
    "gemini-1.5-pro": single("gemini-1.5-pro", gemini),
    "gemini-1.5-flash": single("gemini-1.5-flash", gemini),
    embed: regional("amazon.titan-embed-text-v2:0", quick),
    // What SDKs of each dialect are told by their own documentation.
    "claude-*": { passThrough: { provider: anthropic }, price: "required" },
    "gemini-*": { passThrough: { provider: gemini }, price: "required" },
    "anthropic.*": { passThrough: { provider: bedrock }, price: "required" },
    "*.anthropic.*": { passThrough: { provider: bedrock }, price: "required" },
    "text-embedding-*": { passThrough: { provider: openai }, price: "required" },
    "amazon.titan-embed-*": { passThrough: { provider: bedrock }, price: "required" },
    "cohere.embed-*": { passThrough: { provider: bedrock }, price: "required" },
    "amazon.nova-*": { passThrough: { provider: bedrock }, price: "required" },
    "*.amazon.nova-*": { passThrough: { provider: bedrock }, price: "required" },
    // Names that carry a fault or a pace for the simulator: `gpt-4.sim.fault-429`.
    "*.sim.*": { passThrough: { provider: openai }, ...faulty },
    "claude-*.sim.*": { passThrough: { provider: anthropic }, ...faulty },
    "text-embedding-*.sim.*": { passThrough: { provider: openai }, ...faulty },
    "gemini-*.sim.*": { passThrough: { provider: gemini }, ...faulty },
    "*anthropic.*.sim.*": { passThrough: { provider: bedrock }, ...faulty },
  },
  moderations: { model: "fast" },
  tenants: {
    [demoTenant]: {
      budgets: [{ scope: "key", window: "month", usd: 1000 }],
      rates: [{ scope: "key", requestsPerSecond: 100, burst: 200 }],
    },
  },
} satisfies ConfigInput;
