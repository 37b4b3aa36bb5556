import type { FinishReason } from "../canonical/event.ts";
import { writeStopReason, type StopReason } from "./stop-reason.ts";

/** How an answer ended. */
export interface AnswerEnd {
  readonly reason: FinishReason;
  readonly stopSequence: string | null;
  readonly hasCalls: boolean;
}

/** Some servers say "stop" where they call: clients of this dialect go by the reason. */
export const stopReasonOf = ({ reason, stopSequence, hasCalls }: AnswerEnd): StopReason =>
  writeStopReason(reason === "stop" && hasCalls ? "tool" : reason, stopSequence);

/** What Converse says of it. */
export function messageEnd(end: AnswerEnd): object {
  const stopReason = stopReasonOf(end);
  const { stopSequence } = end;
  return stopReason === "stop_sequence"
    ? { stopReason, additionalModelResponseFields: { stop_sequence: stopSequence } }
    : { stopReason };
}
