import type { Completion } from "@sekisho/gateway/answer.ts";
import type { FoundWhole } from "@sekisho/gateway/responses/found-end.ts";
import type { Response, ResponseState } from "@sekisho/gateway/responses/response.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { decodeAnswer } from "@sekisho/wire/openai/decode-answer.ts";
import { readScores, type ModerationScores } from "@sekisho/wire/openai/moderation-verdict.ts";
import { holdAnswer, takeWholeAnswer } from "../answers/whole-answer.ts";

/** What a response came to. Rejects with the Failure that it ended with. */
export function completionOf(response: Response): Promise<Completion> {
  const { promise, resolve, reject } = Promise.withResolvers<Completion>();
  const stateChanged = (state: ResponseState): void => {
    if (state.kind === "complete") resolve(state.completion);
    else if (state.kind === "failed") reject(state.failure);
  };
  response.watch({ stateChanged });
  // It may be over already, when there was nobody yet to tell.
  stateChanged(response.state);
  return promise;
}

/** The scores in a complete response; null where its model gave none: it refused, or was cut. */
export function scoresIn({ log }: Response): ModerationScores | null {
  let events: readonly CanonicalEvent[] = [];
  const bytes = takeWholeAnswer(holdAnswer(log), (all) => {
    events = all;
    return "";
  });
  return scoresOfWhole({ bytes: typeof bytes === "string" ? null : bytes, events });
}

/** The same of an answer that was recorded. */
export function scoresOfWhole({ bytes, events }: Pick<FoundWhole, "bytes" | "events">) {
  if (bytes === null) return scoresOf(events);
  const decoded = decodeAnswer(bytes);
  return decoded.ok ? scoresOf(decoded.value) : null;
}

function scoresOf(events: readonly CanonicalEvent[]): ModerationScores | null {
  const last = events.at(-1);
  if (last?.type !== "finish" || last.reason !== "stop") return null;
  return readScores(events.map((event) => (event.type === "text" ? event.text : "")).join(""));
}

/** An input that no verdict was found for is not harmless: nobody knows what it is. */
export const unjudged = (): Failure<Code> =>
  new Failure<Code>(
    "upstream_malformed",
    `Cannot judge the input: no verdict in ${maxTries} answers of its model`,
  );

/** How often a model is asked for one verdict. */
export const maxTries = 2;
