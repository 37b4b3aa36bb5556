import type { FinishReason } from "../canonical/event.ts";
import { writeStopReason } from "./stop-reason.ts";

/** How an answer ended. */
export interface AnswerEnd {
  readonly reason: FinishReason;
  readonly stopSequence: string | null;
  readonly hasCalls: boolean;
}

/** Some servers say "stop" where they call: clients of this dialect go by the reason. */
export function messageEnd({ reason, stopSequence, hasCalls }: AnswerEnd): object {
  const stop = reason === "stop" && hasCalls ? "tool" : reason;
  const stopReason = writeStopReason(stop, stopSequence);
  return stopReason === "stop_sequence"
    ? { stopReason, additionalModelResponseFields: { stop_sequence: stopSequence } }
    : { stopReason };
}
