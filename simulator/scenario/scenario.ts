import type { FaultName } from "../faults.data.ts";
import type { Spread } from "./spread.ts";

/** Which calls a scenario is for: all conditions that are set have to hold. */
export type Match = Partial<Conditions>;

interface Conditions {
  readonly region: string;
  /** The API that is spoken: `openai`, `anthropic`, `bedrock` or `gemini`. */
  readonly dialect: string;
  /** May hold `*` for any run of characters. */
  readonly model: string;
  readonly stream: boolean;
  /** Milliseconds since the scenario was set. */
  readonly fromMs: number;
  readonly untilMs: number;
  /** On for so long, off for so long, beginning with on. */
  readonly flapMs: number;
  /** Of the calls that match so far: each n-th one. */
  readonly every: number;
  /** Of the calls that match so far: with this probability. */
  readonly probability: number;
  /** At most so often. */
  readonly times: number;
}

/** What a scenario or a marker changes; what it leaves out stays as it was. */
export type BehaviourPatch = Partial<PatchValues>;

interface PatchValues {
  readonly firstTokenMs: Spread;
  /** 0: all at once. */
  readonly tokensPerSecond: number;
  readonly answerTokens: Spread;
  /** Everything takes so many times as long. */
  readonly slowdown: number;
  readonly fault: FaultName | "none";
  readonly afterTokens: number;
  readonly afterEvents: number;
  readonly retryAfter: string;
  readonly retryAfterMs: string;
  readonly cachedTokens: number;
  readonly reasoningTokens: number;
  readonly faultBytes: number;
  readonly sliceBytes: number;
  readonly hold: boolean;
  readonly pauseAfter: number;
  readonly hallucinate: number;
}

export interface Scenario extends BehaviourPatch {
  readonly name: string;
  readonly match?: Match;
}
