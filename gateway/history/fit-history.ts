import { Failure } from "@sekisho/lib/failure/failure.ts";
import { messageHistory } from "@sekisho/wire/anthropic/history.ts";
import { converseHistory } from "@sekisho/wire/bedrock/history.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { HistoryWords } from "@sekisho/wire/canonical/history.ts";
import { contentHistory } from "@sekisho/wire/gemini/history.ts";
import { chatHistory } from "@sekisho/wire/openai/history.ts";
import { responsesHistory } from "@sekisho/wire/responses/history.ts";
import { shareBeyondLimit } from "../budget/request-limit.ts";
import type { Call, Shortened } from "../call.ts";
import { clientRequest } from "../admission/client-request.ts";
import { Conversation } from "./conversation.ts";
import { estimateInputTokens } from "../estimate-tokens.ts";
import type { ClientRequest, SurfaceHead } from "../request.ts";
import { dropsHistory } from "../route/answer-cap.ts";
import { shareWithoutRoom } from "../route/windows.ts";
import { validate } from "../validate/validate.ts";

/** Each reads the whole body again; the last one leaves out all that may be. */
const roundsLimit = 8;

/** Of media that are not estimated at all nothing is learnt. */
const leastPerWeight = 0.05;

/** A request that no window, or not the limit on each call of its key, has room for. */
export interface LongRequest extends Pick<Call, "entry" | "request"> {
  readonly body: Buffer;
  readonly said: () => SurfaceHead;
}

/** What is left of it, and the plan of that. */
export interface Fitted<Planned> {
  readonly request: ClientRequest;
  readonly body: Buffer;
  readonly shortened: Shortened;
  readonly planned: Planned;
  /** Of the request as it was asked, with what is left out of it. */
  readonly conversation: Conversation;
  /** As what the rest was read. */
  readonly said: SurfaceHead;
}

/**
 * Leaves out the oldest turns of a conversation until it can be planned (MON-5). What is left is
 * read as it would be read from a client: its facts, its bound and its canonical form are its own.
 * Throws the refusal where the alias leaves nothing out, where it is about something else, and,
 * with the figures of the rest, where even the rest has no room.
 */
export function fitHistory<Planned>(
  long: LongRequest,
  refused: unknown,
  plan: (request: ClientRequest) => Planned,
): Fitted<Planned> {
  let refusal = refused;
  const shareOf = (failure: unknown): number | null =>
    shareWithoutRoom(failure) ?? shareBeyondLimit(failure, long.request.read.facts);
  let share = shareOf(refusal);
  if (share === null || !dropsHistory(long.entry)) throw refusal;
  const { said, body: whole } = sourceOf(long);
  const words = wordsOf(said, long.request);
  if (words === null) throw refusal;
  const conversation = new Conversation(whole, words);
  let estimate = estimateInputTokens(long.request);
  let tokensPerWeight = 1;
  for (let round = 1; ; round += 1) {
    const needed = (estimate * share) / tokensPerWeight;
    const weight = conversation.drop(round < roundsLimit ? needed : Infinity);
    if (weight === null) throw withDropped(refusal, conversation.dropped);
    const body = conversation.bytes();
    const request = clientRequest(validate(said, body), body);
    const left = estimateInputTokens(request);
    // What one round has shown of the weights makes the next one hit.
    tokensPerWeight = Math.max(leastPerWeight, Math.min(1, (estimate - left) / weight));
    estimate = left;
    try {
      const planned = plan(request);
      long.request.forget();
      const shortened = { messages: conversation.dropped, asked: long.request };
      return { request, body, shortened, planned, conversation, said };
    } catch (next) {
      share = shareOf(next);
      if (share === null) throw next;
      refusal = next;
    }
  }
}

/** With what kept answers put into a body, once and for all. */
function sourceOf({ said: saidOf, body }: LongRequest): Pick<LongRequest, "body"> & {
  readonly said: SurfaceHead;
} {
  const said = saidOf();
  if (said.surface !== "openai.responses") return { said, body };
  return { said: { surface: said.surface }, body: said.expand?.(body) ?? body };
}

/** How its conversation is read; null for a body that is none, or in words that are not known. */
function wordsOf(said: SurfaceHead, { read }: ClientRequest): HistoryWords | null {
  switch (said.surface) {
    case "openai.chat":
    case "library":
      return chatHistory;
    case "openai.responses":
      return responsesHistory;
    case "anthropic.messages":
      return messageHistory;
    case "bedrock.converse":
      return converseHistory;
    case "bedrock.invoke":
      if (read.facts.nativeWords === "claude") return messageHistory;
      return read.facts.nativeWords === "nova" ? converseHistory : null;
    case "gemini.generateContent":
      return contentHistory;
    case "stream":
      return streamWords[said.dialect];
    case "openai.completions":
    case "openai.moderations":
    case "chat":
      return null;
  }
}

const streamWords = {
  openai: chatHistory,
  anthropic: messageHistory,
  responses: responsesHistory,
} as const;

function withDropped(refusal: unknown, messages: number): unknown {
  if (!(refusal instanceof Failure)) return refusal;
  const left =
    messages === 0
      ? "nothing of its history may be left out"
      : `${messages} messages of its history are left out of that`;
  const { message, details } = refusal;
  // A plan refuses in words of the table alone.
  return new Failure(refusal.code as Code, `${message}; ${left}`, details);
}
