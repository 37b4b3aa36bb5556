import { upstreamModels } from "./upstream.ts";

export const benchKey = "sk-sekisho-bench-0123456789abcdefghijklmnopqrstuvwxyz";

/**
 * Sekisho with every stage at work and nothing that refuses: a key, its rate, its money budget,
 * the ledger, metrics and the log. JSON is YAML, too.
 */
export function sekishoConfig(upstreamPort: number): string {
  const names = upstreamModels;
  return JSON.stringify({
    log: { level: "info" },
    features: { simulator: false, testEndpoints: false, manga: false, console: false },
    providers: {
      upstream: {
        kind: "openai-compatible",
        baseUrl: `http://127.0.0.1:${upstreamPort}/v1`,
        credentials: [{ id: "main", apiKey: "env:BENCH_UPSTREAM_KEY" }],
      },
    },
    models: Object.fromEntries(
      names.map((model) => [model, { targets: [{ provider: "upstream", model }] }]),
    ),
    prices: {
      override: Object.fromEntries(
        names.map((model) => [model, { inputUsdPerMillion: 0.25, outputUsdPerMillion: 1.25 }]),
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
