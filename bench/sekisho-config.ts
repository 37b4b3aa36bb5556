import { cachedModel, upstreamModels } from "./upstream.ts";

export const benchKey = "sk-sekisho-bench-0123456789abcdefghijklmnopqrstuvwxyz";

const upstreamKey = "env:BENCH_UPSTREAM_KEY";

/**
 * Sekisho with every stage at work and nothing that refuses: a key, its rate, its money budget,
 * the ledger, metrics and the log. JSON is YAML, too.
 */
export function sekishoConfig(upstreamPort: number): string {
  const origin = `http://127.0.0.1:${upstreamPort}`;
  return JSON.stringify({
    log: { level: "info" },
    features: { simulator: false, testEndpoints: false, manga: false, console: false },
    providers: {
      openai: {
        kind: "openai-compatible",
        baseUrl: `${origin}/v1`,
        credentials: [{ id: "main", apiKey: upstreamKey }],
      },
      anthropic: {
        kind: "anthropic",
        baseUrl: origin,
        credentials: [{ id: "main", apiKey: upstreamKey }],
      },
      bedrock: {
        kind: "bedrock",
        region: "us-east-1",
        baseUrl: origin,
        credentials: [
          { id: "main", sigv4: { accessKeyId: upstreamKey, secretAccessKey: upstreamKey } },
        ],
      },
    },
    models: Object.fromEntries(
      upstreamModels.map(({ model, provider }) => [
        model,
        {
          targets: [{ provider, model }],
          // Long enough for every round.
          ...(model === cachedModel ? { cache: { use: "always", ttlSeconds: 86_400 } } : {}),
        },
      ]),
    ),
    prices: {
      override: Object.fromEntries(
        upstreamModels.map(({ model }) => [
          model,
          { inputUsdPerMillion: 0.25, outputUsdPerMillion: 1.25 },
        ]),
      ),
    },
    tenants: {
      bench: {
        keys: [{ id: "load", secret: "env:BENCH_KEY", models: ["*"], surfaces: ["*"] }],
        budgets: [{ scope: "key", window: "month", usd: 9_000_000 }],
        rates: [{ scope: "key", requestsPerSecond: 1_000_000, burst: 1_000_000 }],
      },
    },
  });
}
