import type { FaultName } from "./faults.data.ts";
import type { AnswerShape, Twist } from "./reply.ts";

/** How one call is treated, all draws made. */
export interface Behaviour {
  readonly firstTokenMs: number;
  /** Null: all at once. */
  readonly tokensPerSecond: number | null;
  readonly answerTokens: number | null;
  readonly fault: FaultName | null;
  /** Where a fault in mid-answer strikes. */
  readonly afterTokens: number;
  /** The same in events of a stream, which goes before `afterTokens`; null where they decide. */
  readonly afterEvents: number | null;
  /** Sent as it stands: nonsense is a fault too. */
  readonly retryAfter: string | null;
  readonly retryAfterMs: string | null;
  readonly cachedTokens: number;
  readonly reasoningTokens: number;
  /** The size of `huge-line` and `bomb`, null for their own. */
  readonly faultBytes: number | null;
  /** The body leaves in HTTP chunks of this many bytes; null leaves it whole. */
  readonly sliceBytes: number | null;
  /** The call waits for a release before anything else. */
  readonly hold: boolean;
  /** A stream waits for one behind so many tokens, a plain answer before it leaves. */
  readonly pauseAfter: number | null;
  readonly hallucinate: number;
}

/** An instant, complete, truthful answer. */
export const calm: Behaviour = {
  firstTokenMs: 0,
  tokensPerSecond: null,
  answerTokens: null,
  fault: null,
  afterTokens: 20,
  afterEvents: null,
  retryAfter: null,
  retryAfterMs: null,
  cachedTokens: 0,
  reasoningTokens: 0,
  faultBytes: null,
  sliceBytes: null,
  hold: false,
  pauseAfter: null,
  hallucinate: 0,
};

const twistOf = ({ fault, afterTokens }: Behaviour): Twist | null => {
  if (fault === "filtered" || fault === "guardrail") return { kind: fault, afterTokens };
  return fault === "refusal" || fault === "cut-tool-json" ? { kind: fault } : null;
};

/** What of a behaviour the answer itself depends on. */
export const shapeOf = (behaviour: Behaviour): AnswerShape => ({
  tokens: behaviour.answerTokens,
  cachedTokens: behaviour.cachedTokens,
  reasoningTokens: behaviour.reasoningTokens,
  hallucinate: behaviour.hallucinate,
  twist: twistOf(behaviour),
});
