import type { Completion } from "@sekisho/gateway/answer.ts";
import { isGiven } from "@sekisho/gateway/cache-policy.ts";
import { choiceInWords } from "@sekisho/gateway/choice.ts";
import { tokenShare } from "@sekisho/gateway/estimate-tokens.ts";
import type { CanonicalEvent, FinishReason } from "@sekisho/wire/canonical/event.ts";
import type { CompletionResult, StreamChunk, TokenCounts } from "./completion.ts";
import type { LibraryCall } from "./library-call.ts";

/** Of whom the answer is. */
type TalliedCall = Pick<LibraryCall, "requestId" | "firstRequestId" | "choice">;

const nanoUsdPerUsd = 1_000_000_000;

/** What the events of an answer add up to, and the chunks that are made of them on the way. */
export class AnswerTally {
  #text = "";
  #finish: FinishReason = "stop";
  #chunks = 0;
  #tokenShare = 0;

  /** What the event says to the reader; null when that is nothing. */
  add(event: CanonicalEvent, nowMs: number): StreamChunk | null {
    if (event.type === "finish") this.#finish = event.reason;
    if ((event.type !== "text" && event.type !== "refusal") || event.text === "") return null;
    this.#text += event.text;
    this.#tokenShare += tokenShare(event.text);
    const index = this.#chunks;
    this.#chunks += 1;
    return {
      text: event.text,
      index,
      cumulativeTokens: Math.ceil(this.#tokenShare),
      timestamp: nowMs,
    };
  }

  result(
    { served, usage, timing, ...rest }: Completion,
    { requestId, firstRequestId, choice }: TalliedCall,
  ): CompletionResult {
    const { provider, region, upstreamModel } = served.target;
    const input = usage.input + usage.cacheRead + usage.cacheWrite5m + usage.cacheWrite1h;
    const tokens: TokenCounts = { input, output: usage.output, total: input + usage.output };
    const costNanoUsd = rest.costNanoUsd ?? 0;
    const { firstTokenMs, latencyMs } = timing;
    return {
      content: this.#text.toWellFormed(),
      model: upstreamModel,
      provider,
      region,
      tokens,
      costUsd: costNanoUsd / nanoUsdPerUsd,
      costNanoUsd,
      timeToFirstTokenMs: firstTokenMs,
      totalLatencyMs: latencyMs,
      tokensPerSecond: (tokens.output * 1_000) / Math.max(1, latencyMs),
      stopReason: this.#finish,
      requestId,
      firstRequestId,
      leftOutMessages: served.leftOutMessages ?? 0,
      isSummarised: served.summary !== undefined,
      cached: isGiven(served.cache),
      cache: served.cache ?? null,
      arm: served.arm ?? null,
      reason: choice === null ? null : choiceInWords(choice),
    };
  }
}
