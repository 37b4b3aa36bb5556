import type { Completion } from "@sekisho/gateway/answer.ts";
import type { OnceCall } from "@sekisho/gateway/calls/once-calls.ts";
import type { RunningCall } from "@sekisho/gateway/calls/running-call.ts";
import { wholeOf } from "@sekisho/gateway/responses/found-end.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { ModerationScores } from "@sekisho/wire/openai/moderation-verdict.ts";
import { completionOf, scoresIn, scoresOfWhole } from "./judged-answer.ts";

/** What the model said of an input; null in `scores` where it gave no verdict. */
export interface Verdict {
  readonly completion: Completion;
  readonly scores: ModerationScores | null;
}

/** The call by which one input is judged. */
export interface InputCall {
  /** UUIDv7 body of the call that was answered: this one, or an earlier one of its name. */
  readonly id: string;
  readonly model: string;
  readonly isRepeated: boolean;
  /** Rejects with the Failure that it ended with. */
  verdict(): Promise<Verdict>;
  /** Nobody waits for it any more. */
  leave(cause: Code): void;
}

/** A call of its own: it ends when nobody waits for it. */
export const ownInputCall = ({ call, response }: RunningCall): InputCall => ({
  id: call.id,
  model: call.request.read.facts.model,
  isRepeated: false,
  async verdict() {
    const completion = await completionOf(response);
    return { completion, scores: scoresIn(response) };
  },
  leave: (cause) => response.cancel(cause),
});

/** One that others may wait for: it goes on for a while, for whoever comes back (STR-13). */
export function sharedInputCall({ call, answer, isRepeated }: OnceCall): InputCall {
  const leave = answer.attach();
  return {
    id: answer.head.id,
    model: call.request.read.facts.model,
    isRepeated,
    async verdict() {
      try {
        const whole = await wholeOf(answer, isRepeated);
        return { completion: whole.completion, scores: scoresOfWhole(whole) };
      } finally {
        leave();
      }
    },
    leave: () => leave(),
  };
}
