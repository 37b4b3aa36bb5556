import type { Balance, BalanceKind } from "@sekisho/lib/resilience/balance.ts";
import type { CachePolicy } from "./cache-policy.ts";
import type { ComplexityRule } from "./complexity.ts";
import type { Target } from "./target.ts";

/**
 * Stages of one attempt, each with its own limit (RTE-10). Null: only the call's deadline holds.
 */
export interface Timeouts {
  readonly firstTokenMs: number;
  readonly betweenTokensMs: number;
  readonly attemptMs: number | null;
}

export interface AttemptPolicy {
  readonly max: number;
  readonly backoffMs: number;
  readonly backoffMaxMs: number;
}

/** Sent when the client names none; null sends nothing. */
export interface SamplingDefaults {
  readonly temperature: number | null;
  readonly topP: number | null;
}

/** A balancer that the configuration brings along (REF-7). */
export interface BalanceModule {
  /** Its path, as configured. */
  readonly path: string;
  readonly order: Balance;
}

/** How one of several targets is chosen. */
export type PoolBalance = BalanceKind | BalanceModule;

/** What people know a balancer by. */
export const balanceName = (balance: PoolBalance): string =>
  typeof balance === "string" ? balance : balance.path;

/** Targets of one alias, among which calls are balanced, and how each of them is asked. */
export interface Pool {
  /** The alias as configured. */
  readonly name: string;
  readonly targets: readonly Target[];
  /** How one of the targets of a priority is chosen. */
  readonly balance: PoolBalance;
  readonly timeouts: Timeouts;
  readonly defaults: SamplingDefaults;
  /** Output cap when the client names none; null leaves it to the model's own. */
  readonly defaultMaxTokens: number | null;
  /** No answer is longer, whatever the client asks for (REF-5). Absent: no such limit. */
  readonly answerCap?: number;
}

/** When a second attempt is sent beside one whose first token is late (RTE-11). */
export interface HedgePolicy {
  /** Second attempts are at most this share of the streams … */
  readonly requestShare: number;
  /** … and cost at most this share of what the alias's calls cost. */
  readonly spendShare: number;
  /** Does the provider bill the prompt of a call that is closed before its first token? */
  readonly paysUnanswered: boolean;
}

/** What an operator has declared beyond the usual; `null` everywhere else. */
export interface Steering {
  /**
   * Below this healthy share of the weight, critical calls may go to targets whose circuits are
   * open too (RTE-15).
   */
  readonly panicBelow: number | null;
  /** Null: each call has one attempt at a time. */
  readonly hedge: HedgePolicy | null;
  /** What becomes of an answer whose provider dies in mid-stream (RTE-12). */
  readonly midStream: MidStream;
  /** What becomes of a request whose prompt has no room in any window (MON-5). */
  readonly history: HistoryPolicy;
  /** With `summarise` alone. */
  readonly summary?: SummaryPolicy;
}

/**
 * `dropOldest`: the oldest turns of its conversation are left out; `summarise`: a summary of them
 * is sent in their place.
 */
export type HistoryPolicy = "refuse" | "dropOldest" | "summarise";

/** How the oldest turns of a conversation are summarised. */
export interface SummaryPolicy {
  /** The name as configured of what writes it. */
  readonly model: string;
  readonly maxTokens: number;
  /** Nobody waits for it longer. */
  readonly timeoutMs: number;
}

/** `request`: continued where the client asks for it. */
export type MidStream = "error" | "continue" | "request";

/** An alias that picks one of two others for each request. */
export interface ComplexityChoice {
  readonly kind: "complexity";
  readonly rule: ComplexityRule;
  readonly simple: ModelEntry;
  readonly strong: ModelEntry;
}

/** By what calls of a split stay with their arm. */
export type Sticky = "session" | "user" | "none";

/** One of the aliases among which a split divides its calls. */
export interface Arm {
  /** The alias as configured. */
  readonly name: string;
  /** As configured; administrators may have set another. */
  readonly weight: number;
  readonly entry: ModelEntry;
}

/** When an arm loses its calls by itself. */
export interface RollbackPolicy {
  /** Its calls fail by more than this share of those in the window … */
  readonly errorRate: number;
  /** … which are so many at least … */
  readonly minRequests: number;
  readonly windowMs: number;
  /** … by more than chance: one whose errors are at the limit is taken for worse this rarely. */
  readonly falseAlarm: number;
  /** Where the others are over the limit too: so many times as often as theirs. */
  readonly timesOthers: number;
}

/** How an arm is given more of the calls by itself. */
export interface CanaryPolicy {
  /** Shares in percent, ascending. */
  readonly steps: readonly number[];
  /** A step lasts until it has had so many calls, and for so long. */
  readonly minRequests: number;
  readonly minMs: number;
}

/** An alias that divides its calls among others by weight (RTE-4). */
export interface SplitChoice {
  readonly kind: "split";
  /** Its name as configured. */
  readonly split: string;
  readonly arms: readonly Arm[];
  readonly sticky: Sticky;
  /** Keeps one's calls from falling alike in two splits. */
  readonly salt: string;
  /** Null: no arm loses its calls by itself. */
  readonly rollback: RollbackPolicy | null;
  readonly canary: CanaryPolicy;
}

/** What a name stands for: one pool, a chain of them, or a choice between such. */
export interface ModelEntry {
  /** The name or wildcard as configured. */
  readonly name: string;
  /** In the order in which they are fallen back on; at least one. */
  readonly pools: readonly Pool[];
  readonly policy: AttemptPolicy;
  /** The longest that a call may take with all its attempts. */
  readonly totalMs: number;
  /** Absent and null: nothing of it is declared. */
  readonly steering?: Steering | null;
  /** Absent: no answer is kept. */
  readonly cache?: CachePolicy;
  /** One of several entries serves each request; `pools` are then those of all. */
  readonly choice?: ComplexityChoice | SplitChoice;
  /** Of an entry that a choice leads to: the alias that it stands for, under the choice's name. */
  readonly branch?: string;
  /** What serves the requests that this branch is not for, where it is the dearer one. */
  readonly instead?: ModelEntry;
}
