import type { BehaviourPatch } from "./scenario.ts";

/** How one field of a patch is written, in a scenario and in a marker. */
export type PatchField =
  | {
      readonly kind: "spread" | "number" | "integer";
      readonly marker: string;
      readonly min: number;
      readonly max: number;
      readonly meaning: string;
    }
  | {
      readonly kind: "fault" | "text" | "flag";
      readonly marker: string;
      readonly meaning: string;
    };

/** The longest wait that a scenario may ask for. */
export const longestWaitMs = 600_000;
export const longestAnswerTokens = 200_000;

const amount = (
  kind: "spread" | "number" | "integer",
  marker: string,
  bounds: readonly [min: number, max: number, meaning: string],
): PatchField => ({ kind, marker, min: bounds[0], max: bounds[1], meaning: bounds[2] });

/** Every field of a patch. No marker name begins with another one and a hyphen. */
export const patchFields = {
  firstTokenMs: amount("spread", "first", [0, longestWaitMs, "time to the first token"]),
  tokensPerSecond: amount("number", "tps", [0, 1e6, "pace after it; 0 is all at once"]),
  answerTokens: amount("spread", "tokens", [0, longestAnswerTokens, "exact length of a text"]),
  slowdown: amount("number", "slowdown", [0.01, 1000, "times as long for both"]),
  fault: { kind: "fault", marker: "fault", meaning: "a name of the table of faults, or none" },
  afterTokens: amount("integer", "after", [0, 1e6, "where a fault in mid-answer strikes; 20"]),
  afterEvents: amount("integer", "events", [
    0,
    1e6,
    "the same behind so many events of a stream, for stalls and cuts",
  ]),
  retryAfter: { kind: "text", marker: "retry-after", meaning: "header `retry-after`, as it is" },
  retryAfterMs: {
    kind: "text",
    marker: "backoff-ms",
    meaning: "header `retry-after-ms` or `x-amz-retry-after`, as it is",
  },
  cachedTokens: amount("integer", "cached", [0, 1e6, "of the prompt, read from a cache"]),
  reasoningTokens: amount("integer", "reasoning", [0, 1e6, "hidden ones, counted in the output"]),
  faultBytes: amount("integer", "bytes", [1, 2 ** 34, "size of `huge-line` and `bomb`"]),
  sliceBytes: amount("integer", "slice", [1, 2 ** 20, "HTTP chunks of so many bytes"]),
  hold: { kind: "flag", marker: "hold", meaning: "wait for `POST /_sim/release`" },
  pauseAfter: amount("integer", "pause", [
    1,
    1e6,
    "the same behind so many tokens of a stream, and before a plain answer leaves",
  ]),
  hallucinate: amount("number", "hallucinate", [0, 1, "probability of each planted defect"]),
} as const satisfies Record<keyof BehaviourPatch, PatchField>;
