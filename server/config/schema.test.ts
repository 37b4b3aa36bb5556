import assert from "node:assert/strict";
import { test } from "node:test";
import { builtinBook } from "@sekisho/gateway/catalog/price-book.ts";
import { loaded } from "./loading/text-fixture.ts";

const { config } = loaded(
  `
providers:
  p: { kind: openai, baseUrl: http://127.0.0.1:1 }
  s: { kind: simulator, baseUrl: http://127.0.0.1:2 }
  a: { kind: anthropic, baseUrl: http://127.0.0.1:3 }
  b: { kind: bedrock, region: us-east-1, credentials: [{ id: main, chain: true }] }
models:
  m: { targets: [{ provider: p, model: x }] }
  "w*": { passThrough: { provider: p } }
tenants:
  t:
    keys: [{ id: k, secret: env:K }]
    rates: [{ scope: user, concurrent: 5 }]
    budgets: [{ scope: key, window: day, usd: 1 }]
`,
  { variables: { K: "secret-of-k" } },
);

test("the defaults of the server are those of the documented shape", () => {
  const { env, listen, data, storage, processes, log, features, chat, streams, prices } = config;
  assert.deepEqual(
    { env, listen, data, storage, processes, log, features, chat, streams, prices },
    {
      env: "dev",
      listen: {
        host: "loopback",
        port: 8080,
        adminPort: null,
        public: false,
        pathPrefixes: [],
        trustedProxies: [],
        tls: null,
      },
      data: "./data",
      storage: { profile: "embedded" },
      processes: 1,
      log: { level: "info", prompts: false },
      features: { testEndpoints: "auto", simulator: "auto", manga: true, console: true },
      chat: {
        model: "chat",
        systemPrompt: "You are a helpful AI assistant.",
        temperature: 0.5,
        topK: 200,
        circuit: { failures: 3, openMs: 30_000, successes: 1 },
      },
      streams: {
        flushMs: 0,
        socketFlushMs: 50,
        chatFlushMs: 50,
        heartbeatMs: 5000,
        graceMs: 10_000,
        keepMs: 600_000,
        keptBytes: 8_388_608,
        maxDiskBytes: 10_737_418_240,
        keepHours: 24,
      },
      prices: { book: builtinBook, mayShrink: false, override: {}, unpriced: "refuse" },
    },
  );
});

test("the defaults of features to come are the documented ones too", () => {
  const { admin, automation, manga } = config;
  assert.deepEqual(config.issuers, {});
  assert.deepEqual(
    { admin, automation, manga },
    {
      admin: { oidc: null },
      automation: { sources: {}, rules: [], queues: {}, smtp: null },
      manga: { models: { fast: "fast", quality: "quality", auto: "auto" }, catalog: "seed" },
    },
  );
});

test("STR-14 answers are kept for those who ask, for 300 s, in 256 MB", () => {
  assert.deepEqual(config.cache, {
    use: "request",
    ttlSeconds: 300,
    scope: "tenant",
    byTemperature: true,
    maxMb: 256,
    memoryMb: 64,
    semantic: { model: null, threshold: 0.95, maxVectors: 10_000 },
    maxAnswers: 100_000,
  });
});

const provider = {
  http: "h1",
  credentials: [],
  pool: { connections: "auto", connectMs: 3000, queueMs: 2000, idleMs: 60_000 },
  limits: { requestsPerMinute: null, tokensPerMinute: null },
  health: { regionFailures: 5, regionModels: 2, regionOpenMs: 60_000, quarantineMs: 60_000 },
  probe: { kind: "passive", everyMs: 5000, model: null },
};

test("the defaults of a provider", () => {
  assert.deepEqual(config.providers["p"], {
    kind: "openai",
    region: "global",
    baseUrl: "http://127.0.0.1:1",
    ...provider,
  });
  assert.deepEqual(config.providers["s"], {
    kind: "simulator",
    region: "us-east-1",
    dialect: "openai",
    baseUrl: "http://127.0.0.1:2",
    ...provider,
  });
  assert.deepEqual(config.providers["a"], {
    kind: "anthropic",
    region: "global",
    baseUrl: "http://127.0.0.1:3",
    apiVersion: "2023-06-01",
    ...provider,
  });
  assert.deepEqual(config.providers["b"], {
    ...provider,
    kind: "bedrock",
    region: "us-east-1",
    baseUrl: null,
    api: "auto",
    credentials: [{ id: "main", chain: true }],
  });
});

const trying = {
  cache: { use: null, ttlSeconds: null, scope: null, byTemperature: null, semantic: false },
  attempts: { max: 3, backoffMs: 1000, backoffMaxMs: 10_000 },
  breaker: {
    failures: 5,
    failureShare: 0.5,
    burstWindowMs: 3000,
    windowMs: 60_000,
    openMs: 30_000,
    openMaxMs: 600_000,
    successes: 2,
    openGrowth: 2,
    countThrottling: false,
  },
  timeouts: {
    connectMs: 3000,
    firstTokenMs: 10_000,
    betweenTokensMs: 30_000,
    attemptMs: null,
    totalMs: 600_000,
  },
  panicBelow: null,
  midStream: "error",
  history: "refuse",
  summary: { model: "fast", maxTokens: 512, timeoutMs: 10_000 },
  defaults: { maxTokens: null, temperature: null, topP: null },
};

test("the defaults of an alias and of a wildcard", () => {
  assert.deepEqual(config.models["m"], {
    targets: [
      { provider: "p", model: "x", credential: null, weight: 1, continues: "auto", priority: 0 },
    ],
    balance: "round-robin",
    mixedVectors: false,
    hedge: { enabled: false, requestShare: 0.05, spendShare: 0.05, paysUnanswered: true },
    ...trying,
  });
  assert.deepEqual(config.models["w*"], {
    passThrough: { provider: "p" },
    price: null,
    unpriced: null,
    ...trying,
  });
});

test("the defaults of a tenant, its keys, budgets and rates", () => {
  const { teams, keys, budgets, rates } = config.tenants["t"] ?? assert.fail();
  const [key = assert.fail()] = keys;
  assert.deepEqual(
    [teams, key.id, key.team, key.models, key.surfaces],
    [{}, "k", null, ["*"], ["*"]],
  );
  assert.deepEqual(budgets, [
    {
      scope: "key",
      name: null,
      window: "day",
      usd: 1,
      inputTokens: null,
      outputTokens: null,
      totalTokens: null,
      alerts: [0.5, 0.8, 0.95, 1],
    },
  ]);
  assert.deepEqual(rates, [
    { scope: "user", requestsPerSecond: null, burst: 200, tokensPerMinute: null, concurrent: 5 },
  ]);
});
