import type { AttemptPolicy, Timeouts } from "./plan.ts";
import type { Target } from "./target.ts";

/** What a name stands for: targets in the order of preference, and how to try them. */
export interface ModelEntry {
  /** The name or wildcard as configured. */
  readonly name: string;
  readonly targets: readonly Target[];
  readonly policy: AttemptPolicy;
  readonly timeouts: Timeouts;
  /** Sent when the client names none. */
  readonly defaults: { readonly temperature: number | null; readonly topP: number | null };
  /** Output cap when the client names none; null leaves it to the model's own. */
  readonly defaultMaxTokens: number | null;
}
