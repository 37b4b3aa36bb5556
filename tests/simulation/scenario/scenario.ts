import type { PipeShape } from "../network/answer-pipe.ts";

/** Nano-USD per million tokens, as the provider itself would bill. */
export interface PricePlan {
  readonly model: string;
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
}

export interface TargetPlan {
  readonly provider: string;
  readonly model: string;
}

export interface AliasPlan {
  readonly name: string;
  readonly targets: readonly TargetPlan[];
  readonly attempts: {
    readonly max: number;
    readonly backoffMs: number;
    readonly backoffMaxMs: number;
  };
  readonly breaker: {
    readonly failures: number;
    readonly windowMs: number;
    readonly openMs: number;
    readonly successes: number;
  };
  readonly timeouts: {
    readonly firstTokenMs: number;
    readonly betweenTokensMs: number;
    readonly attemptMs: number | null;
    readonly totalMs: number;
  };
  /** The alias's own output cap; null leaves it to the model's. */
  readonly maxTokens: number | null;
}

export interface BudgetPlan {
  readonly window: "day" | "month";
  readonly limitNanoUsd: number;
}

export interface KeyPlan {
  readonly id: string;
  readonly secret: string;
}

export interface TenantPlan {
  readonly name: string;
  readonly keys: readonly KeyPlan[];
  readonly budgets: readonly BudgetPlan[];
  readonly rate: { readonly requestsPerSecond: number; readonly burst: number } | null;
}

/** What the gateway is told, and what the providers are. */
export interface GatewayPlan {
  readonly providers: readonly string[];
  readonly prices: readonly PricePlan[];
  readonly aliases: readonly AliasPlan[];
  readonly tenants: readonly TenantPlan[];
  readonly flushMs: number;
}

/** How much the provider has to say to a request, if nothing goes wrong. */
export interface AnswerPlan {
  readonly frames: number;
  readonly tokensPerFrame: number;
  /** Bytes of padding in each frame, for answers that fill buffers. */
  readonly padding: number;
}

/** What is wrong with a request before it is sent. */
export type RequestFlaw =
  | "none"
  | "no key"
  | "wrong key"
  | "not JSON"
  | "unknown model"
  | "wrong type"
  | "no messages"
  | "empty body";

export type Reading =
  | { readonly kind: "eager" }
  /** So many bytes at a time, from so many bytes on. */
  | {
      readonly kind: "slow";
      readonly afterBytes: number;
      readonly bytes: number;
      readonly everyMs: number;
    }
  /** Stops after so many bytes, for a while or (Infinity) for good. */
  | { readonly kind: "stalls"; readonly afterBytes: number; readonly forMs: number };

/** When a client goes away before its answer is whole. */
export type Leaving =
  | { readonly kind: "stays" }
  | { readonly kind: "half-way in the body" }
  /** After its body was sent: the intent is not durable yet, or no token has come. */
  | { readonly kind: "after the body"; readonly ms: number }
  /** After so many bytes of the answer. */
  | { readonly kind: "in mid-stream"; readonly bytes: number };

export type BodySending =
  | { readonly kind: "with the head" }
  | { readonly kind: "late"; readonly afterMs: number; readonly pieces: number }
  | { readonly kind: "never whole" };

/** Everything about one client and its request. */
export interface RequestPlan {
  readonly n: number;
  readonly atMs: number;
  readonly surface: "chat" | "completions";
  readonly key: KeyPlan;
  readonly alias: string;
  readonly stream: { readonly wantsUsage: boolean } | null;
  readonly maxTokens: number | null;
  readonly timeoutMs: number | null;
  readonly prompt: string;
  readonly answer: AnswerPlan;
  readonly flaw: RequestFlaw;
  readonly network: PipeShape;
  readonly sending: BodySending;
  readonly reading: Reading;
  readonly leaving: Leaving;
}

/** A time in which a provider misbehaves. */
export interface Episode {
  readonly id: string;
  readonly provider: string;
  readonly fromMs: number;
  readonly toMs: number;
  readonly kind:
    | "noise"
    | "outage"
    | "storm"
    | "throttling"
    | "stalls"
    | "brown-out"
    | "flapping"
    | "revoked key";
  /** Share of the calls that meet it. */
  readonly share: number;
}

/** Something that happens to the gateway's own process or machine. */
export type Disturbance = { readonly id: string; readonly atMs: number } & (
  | { readonly kind: "crash" | "power cut"; readonly downMs: number }
  | { readonly kind: "writer pauses" | "writer fails"; readonly forMs: number }
  | { readonly kind: "wall clock steps"; readonly byMs: number }
);

/** A world before it is played: the same scenario always takes the same course. */
export interface Scenario {
  readonly seed: number;
  readonly gateway: GatewayPlan;
  readonly requests: readonly RequestPlan[];
  readonly episodes: readonly Episode[];
  readonly disturbances: readonly Disturbance[];
  /** How long a commit takes, in each of its halves. */
  readonly writerLatencyMs: number;
  /** From here on nothing goes wrong any more, and everything must come to its end. */
  readonly healMs: number;
}
