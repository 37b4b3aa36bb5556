import type { Health, Load, Rest } from "../health.ts";
import type { ModelEntry, Pool } from "../model-entry.ts";
import { always, type Price } from "../price.ts";
import type { Target } from "../target.ts";
import type { OrderView } from "./plan-order.ts";
import type { RouteQuestion } from "./route-question.ts";

/** What targets cost unless a test says otherwise. */
export const usualPrice: Price = {
  version: "p",
  input: 1_000_000,
  output: 2_000_000,
  cacheRead: 1_000_000,
  cacheWrite5m: 1_000_000,
  cacheWrite1h: 1_000_000,
  bands: [],
  origin: { from: null, until: null, source: "a test", confidence: null },
};

/** A target of a provider of its own name. */
export const target = (id: string, over: Partial<Target> = {}): Target => ({
  id,
  provider: id,
  region: "r",
  credentialId: "c",
  upstreamModel: "m",
  circuitName: "m",
  apis: "openai.chat",
  priority: 0,
  weight: 1,
  facts: { contextWindow: 10_000, maxOutputTokens: 1_000, maxTokensField: "max_tokens" },
  breaker: {
    failures: 5,
    failureShare: 0.5,
    burstWindowMs: 3_000,
    windowMs: 60_000,
    openMs: 30_000,
    openMaxMs: 600_000,
    openGrowth: 2,
    successes: 2,
    countThrottling: false,
  },
  place: { regionFailures: 5, regionModels: 2, regionOpenMs: 60_000, quarantineMs: 60_000 },
  prices: always(usualPrice),
  ...over,
});

export const pool = (name: string, targets: readonly Target[], over: Partial<Pool> = {}): Pool => ({
  name,
  targets,
  balance: "failover",
  timeouts: { firstTokenMs: 1, betweenTokensMs: 1, attemptMs: null },
  defaults: { temperature: null, topP: null },
  defaultMaxTokens: null,
  ...over,
});

export const chain = (pools: readonly Pool[], max = 3): ModelEntry => ({
  name: "alias",
  pools,
  policy: { max, backoffMs: 1_000, backoffMaxMs: 10_000 },
  totalMs: 600_000,
});

export const entry = (targets: readonly Target[], over: Partial<Pool> = {}): ModelEntry =>
  chain([pool("alias", targets, over)]);

/** What a small request of nobody in particular asks. */
export const questionFor = (over: Partial<RouteQuestion> = {}): RouteQuestion => ({
  model: "alias",
  choice: null,
  request: {
    surface: "openai.chat",
    read: { facts: {} },
    headerFeatures: [],
    canonical: () => {
      throw new Error("its own bytes pass");
    },
  },
  inputTokensBound: 100,
  images: 0,
  maxTokens: null,
  choices: 1,
  atWallMs: 0,
  freeNanoUsd: null,
  inputEstimate: null,
  freeOutputTokens: Infinity,
  isCritical: true,
  ...over,
});

/** What is not named is in good health, not busy and at its full share. */
interface Seen {
  /** For how long by their circuits, or why else. */
  readonly rests?: Readonly<Record<string, number | Rest>>;
  readonly shares?: Readonly<Record<string, number>>;
  readonly loads?: Readonly<Record<string, Load>>;
  /** Whose quotas have no room. */
  readonly full?: readonly string[];
  readonly turn?: number;
  readonly draw?: number;
}

const idle: Load = { inFlight: 0, cost: 0 };

export function viewOf({
  rests = {},
  shares = {},
  loads = {},
  full = [],
  turn = 0,
  draw = 0,
}: Seen): OrderView {
  const health: Health = {
    restOf({ id }) {
      const rest = rests[id] ?? null;
      return typeof rest === "number" ? { cause: "circuit", forMs: rest } : rest;
    },
    share: ({ id }) => shares[id] ?? 1,
    load: ({ id }) => loads[id] ?? idle,
    firstTokenLimitMs: (_target, configuredMs) => configuredMs,
    admit: () => null,
    admitInPanic: () => null,
    cool: () => {},
  };
  const quotas = { hasRoom: ({ id }: Target): boolean => !full.includes(id) };
  return { health, quotas, nowMs: 0, lot: { turn, draw } };
}
