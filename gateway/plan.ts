import type { Amounts } from "./amounts.ts";
import type { Choice } from "./choice.ts";
import type { Rest } from "./health.ts";
import type { AttemptPolicy, PoolBalance, SamplingDefaults, Timeouts } from "./model-entry.ts";
import type { Price } from "./price.ts";
import type { Target, TargetApi } from "./target.ts";

/** A target in a plan, with what it may cost. */
export interface PlannedAttempt {
  readonly target: Target;
  readonly api: TargetApi;
  readonly timeouts: Timeouts;
  readonly defaults: SamplingDefaults;
  /** The output cap that is sent: the client's, or the smaller of the model's and the alias's. */
  readonly maxTokens: number;
  /** Most tokens that its prompt and its answers can come to (MON-4). */
  readonly boundInputTokens: number;
  readonly boundOutputTokens: number;
  /** The price on the call's arrival: it holds to the call's end. Null for an unpriced target. */
  readonly price: Price | null;
  /** Dearest possible outcome in nano-USD; 0 for an unpriced target. */
  readonly boundNanoUsd: number;
  /** What its provider's quota sets aside for it; 0 where none is declared (RTE-16). */
  readonly quotaTokens: number;
  /** Its circuit may be open: it is tried all the same (RTE-15). */
  readonly inPanic: boolean;
}

/** Why a plan is what it is. Words are made of it when somebody asks (RTE-2). */
export type PlanReason =
  /** The name left a choice: what was picked, and by what (RTE-4, RTE-5). */
  | { readonly kind: "chosen"; readonly choice: Choice }
  | { readonly kind: "uncarried"; readonly target: Target; readonly message: string }
  | { readonly kind: "unpriced"; readonly target: Target; readonly field: string | null }
  /** Its prompt is about so long, and the target's window is shorter. */
  | { readonly kind: "too_long"; readonly target: Target; readonly estimate: number }
  | { readonly kind: "resting"; readonly target: Target; readonly rest: Rest }
  /** All of them rest: the plan keeps them. One may be let through, or administrators hold all. */
  | { readonly kind: "all_resting"; readonly isHeld: boolean }
  /** Less than this share of the weight is healthy: these targets are tried all the same. */
  | { readonly kind: "panic"; readonly healthyShare: number; readonly targets: readonly Target[] }
  /** Nothing is left of its provider's quota: it comes behind those that have some. */
  | { readonly kind: "spilled"; readonly target: Target }
  /** It has recovered and takes only a share of its calls yet. */
  | { readonly kind: "warming"; readonly target: Target; readonly share: number }
  | {
      readonly kind: "ordered";
      readonly pool: string;
      readonly priority: number;
      readonly balance: PoolBalance;
      readonly targets: readonly Target[];
    }
  /** Attempts are kept for the pools behind: this pool's later targets are left out. */
  | { readonly kind: "kept_back"; readonly pool: string; readonly targets: readonly Target[] };

/** What the router decided: the attempts in order, and why (RTE-2). */
export interface Plan {
  /** The model or alias as the client named it. */
  readonly model: string;
  readonly attempts: readonly PlannedAttempt[];
  readonly policy: AttemptPolicy;
  readonly reasons: readonly PlanReason[];
}

/** What a call may come to at most, whichever of its attempts serves it. */
export function dearestOf(attempts: readonly PlannedAttempt[]): Amounts {
  const most = { nanoUsd: 0, inputTokens: 0, outputTokens: 0 };
  for (const { boundNanoUsd, boundInputTokens, boundOutputTokens } of attempts) {
    most.nanoUsd = Math.max(most.nanoUsd, boundNanoUsd);
    most.inputTokens = Math.max(most.inputTokens, boundInputTokens);
    most.outputTokens = Math.max(most.outputTokens, boundOutputTokens);
  }
  return most;
}
