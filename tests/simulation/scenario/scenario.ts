import type { CircuitCommand } from "@sekisho/wire/admin/circuits.ts";
import type { PipeShape } from "../network/answer-pipe.ts";
import type { GatewayPlan, KeyPlan } from "./gateway-plan.ts";

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

/** A request of which there are others: by their name they are one call (STR-13). */
export interface Naming {
  readonly name: string;
  /** In whose words it asks: those of one name that ask in the same are one request. */
  readonly says: number;
}

/** Everything about one client and its request. */
export interface RequestPlan {
  readonly n: number;
  readonly atMs: number;
  readonly surface: "chat" | "completions" | "embeddings" | "moderations";
  readonly key: KeyPlan;
  readonly alias: string;
  readonly stream: { readonly wantsUsage: boolean } | null;
  readonly maxTokens: number | null;
  readonly timeoutMs: number | null;
  readonly prompt: string;
  readonly answer: AnswerPlan;
  readonly flaw: RequestFlaw;
  /** Null: it is one of its own. */
  readonly naming: Naming | null;
  readonly network: PipeShape;
  readonly sending: BodySending;
  readonly reading: Reading;
  readonly leaving: Leaving;
}

/** Whom an episode befalls; null: all of them. */
export interface EpisodeScope {
  readonly region: string | null;
  readonly provider: string | null;
  readonly credential: string | null;
  readonly model: string | null;
}

/** A time in which providers misbehave. */
export interface Episode {
  readonly id: string;
  readonly scope: EpisodeScope;
  readonly fromMs: number;
  readonly toMs: number;
  readonly kind:
    | "noise"
    | "random errors"
    | "outage"
    | "storm"
    | "throttling"
    | "stalls"
    | "hang"
    | "brown-out"
    | "flapping"
    | "revoked key";
  /** Share of the calls that meet it. */
  readonly share: number;
}

/** Something that happens to the gateway's process or machine, or that its administrator does. */
export type Disturbance = { readonly id: string; readonly atMs: number } & (
  | { readonly kind: "crash" | "power cut"; readonly downMs: number }
  | { readonly kind: "writer pauses" | "writer fails"; readonly forMs: number }
  | { readonly kind: "wall clock steps"; readonly byMs: number }
  /** A region or a provider is taken out of use for a while. */
  | { readonly kind: "drain"; readonly name: string; readonly forMs: number }
  /** A tenant's limits are a share of what they were, for a while. */
  | {
      readonly kind: "limits cut";
      readonly tenant: string;
      readonly share: number;
      readonly forMs: number;
    }
  /** A circuit is held, and after a while reset. */
  | {
      readonly kind: "command";
      readonly circuit: string;
      readonly command: CircuitCommand;
      readonly forMs: number;
    }
);

/** Requests at the end that show how an alias shares its calls out again. */
export interface SharePlan {
  readonly alias: string;
  /** From here on requests close the circuits … */
  readonly beginN: number;
  /** … and these are counted: from the one on, up to the other. */
  readonly fromN: number;
  readonly toN: number;
}

/** A world before it is played: the same scenario always takes the same course. */
export interface Scenario {
  readonly seed: number;
  readonly gateway: GatewayPlan;
  readonly requests: readonly RequestPlan[];
  readonly episodes: readonly Episode[];
  readonly disturbances: readonly Disturbance[];
  /** Null: this world does not look at shares. */
  readonly shares: SharePlan | null;
  /** How long a commit takes, in each of its halves. */
  readonly writerLatencyMs: number;
  /** From here on nothing goes wrong any more, and everything must come to its end. */
  readonly healMs: number;
}
