import type { Choice } from "../choice.ts";
import type { CarriedRequest } from "./carriage-refusal.ts";

/** What a request asks of a route. */
export interface RouteQuestion {
  readonly model: string;
  /** Why it goes where it goes, where its model's name left a choice (RTE-5). */
  readonly choice: Choice | null;
  /** Which words it uses: not every target has all of them (WIR-13). */
  readonly request: CarriedRequest;
  /** Most tokens the prompt can come to (MON-4). */
  readonly inputTokensBound: number;
  /** Of the prompt: some prices charge them beside their tokens (MON-2). */
  readonly images: number;
  /** About how many it has; null where no window is to be held against it. */
  readonly inputEstimate: (() => number) | null;
  /** The client's own cap, null when it named none. */
  readonly maxTokens: number | null;
  /** Answers asked for in one call (`n`): each may be as long as the cap. */
  readonly choices: number;
  /** Prices are those of this instant, on the wall clock, to the call's end (MON-2). */
  readonly atWallMs: number;
  /** Is there a money budget on the key, and what is free of it? Null without one. */
  readonly freeNanoUsd: number | null;
  /** Output tokens that budgets leave; Infinity where none limits them. */
  readonly freeOutputTokens: number;
  /** May it go where circuits are open (RTE-15)? */
  readonly isCritical: boolean;
}
