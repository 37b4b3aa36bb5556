import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { steadfastHealth } from "../../harness/steered-config.ts";

/** A provider's dialect, and the model of it that makes vectors. */
export interface EmbeddingTarget {
  /** In test names, as model, and as provider in the configuration. */
  readonly name: string;
  readonly upstreamModel: string;
  /** Of the simulator: each has one of its own, by which its bill is told from others. */
  readonly region: string;
  /** Of its vectors where nobody asks for another length, and another one. */
  readonly lengths: readonly [own: number, other: number | null];
  readonly inputsPerRequest: number;
}

export const embeddingTargets: readonly EmbeddingTarget[] = [
  {
    name: "openai",
    upstreamModel: "text-embedding-3-small",
    region: "global",
    lengths: [1_536, 512],
    inputsPerRequest: 2_048,
  },
  {
    name: "titan",
    upstreamModel: "amazon.titan-embed-text-v2:0",
    region: "us-east-1",
    lengths: [1_024, 256],
    inputsPerRequest: 1,
  },
  {
    name: "cohere",
    upstreamModel: "cohere.embed-v4:0",
    region: "us-west-2",
    lengths: [1_536, 512],
    inputsPerRequest: 96,
  },
  {
    name: "cohere3",
    upstreamModel: "cohere.embed-multilingual-v3",
    region: "ap-northeast-1",
    lengths: [1_024, null],
    inputsPerRequest: 96,
  },
  {
    name: "gemini",
    upstreamModel: "gemini-embedding-001",
    region: "europe-west1",
    lengths: [3_072, 768],
    inputsPerRequest: 100,
  },
];

/** Faults come one after the other; none of them is to keep the next from being tried. */
const patient = { breaker: { failures: 1_000 }, attempts: { max: 3, backoffMs: 1 } };

const openai = { provider: "openai", model: "text-embedding-3-small" };

/** Names of Bedrock's that stand for models of others. */
const foreign: ConfigInput["models"] = {
  "amazon.titan-embed-g1-text-02": { targets: [openai], ...patient },
  "cohere.embed-english-v3": {
    targets: [{ provider: "gemini", model: "gemini-embedding-001" }],
    ...patient,
  },
  "cohere.embed-v4:0": { targets: [openai], ...patient },
};

/** A key whose budget is spent by any call. */
export const poorKey = "key-without-any-money-left";

export const embeddingConfig = (simulatorUrl: string): ConfigInput => ({
  providers: {
    openai: {
      kind: "openai-compatible",
      baseUrl: `${simulatorUrl}/v1`,
      health: steadfastHealth,
    },
    ...Object.fromEntries(
      embeddingTargets.slice(1, -1).map(({ name, region }) => [
        name,
        {
          kind: "bedrock",
          region,
          baseUrl: `${simulatorUrl}/${region}`,
          credentials: [{ id: "main", bearer: "token-of-the-provider" }],
          health: steadfastHealth,
        },
      ]),
    ),
    gemini: {
      kind: "gemini",
      baseUrl: `${simulatorUrl}/europe-west1`,
      credentials: [{ id: "main", apiKey: "key-of-the-provider" }],
      health: steadfastHealth,
    },
    claude: { kind: "anthropic", baseUrl: `${simulatorUrl}/global`, credentials: [] },
  },
  models: {
    ...Object.fromEntries(
      embeddingTargets.map(({ name, upstreamModel }) => [
        name,
        { targets: [{ provider: name, model: upstreamModel }], ...patient },
      ]),
    ),
    ada: { targets: [{ provider: "openai", model: "text-embedding-ada-002" }], ...patient },
    chatty: { targets: [{ provider: "openai", model: "gpt-4-turbo" }], ...patient },
    claude: { targets: [{ provider: "claude", model: "claude-sonnet-4-6" }], ...patient },
    "titan-then-cohere": {
      chain: ["titan", "cohere"],
      mixedVectors: true,
      attempts: { max: 3, backoffMs: 1 },
    },
    hasty: {
      targets: [{ provider: "titan", model: "amazon.titan-embed-text-v2:0" }],
      timeouts: { attemptMs: 300 },
      attempts: { max: 1 },
    },
    ...foreign,
    "text-embedding-*": { passThrough: { provider: "openai" }, ...patient },
    "amazon.*": { passThrough: { provider: "titan" }, ...patient },
  },
  tenants: {
    demo: {
      budgets: [{ scope: "key", window: "month", usd: 1_000 }],
      rates: [{ scope: "key", requestsPerSecond: 100_000, burst: 100_000 }],
    },
    poor: {
      keys: [{ id: "poor", secret: poorKey }],
      budgets: [{ scope: "key", window: "month", usd: 0.000_000_001 }],
    },
  },
});
