import type { AnswerContext, EventEncoder } from "../canonical/codec.ts";
import type { CanonicalEvent, FinishReason } from "../canonical/event.ts";
import type { Usage } from "../canonical/usage.ts";
import { sseJson } from "../framing/sse-event.ts";
import { SurrogateGate } from "../framing/surrogate-gate.ts";
import { AnswerSum, headOf } from "./encode-answer.ts";
import { encodeStreamError } from "./errors.ts";
import { writeFinishReason } from "./finish-reason.ts";
import { writeUsage } from "./usage.ts";

/** This surface knows no tools and no refusals. */
const finishWord = (reason: FinishReason): string =>
  reason === "tool" ? "stop" : writeFinishReason(reason, true);

const choiceOf = (text: string, finish: FinishReason | null): object => ({
  text,
  index: 0,
  logprobs: null,
  finish_reason: finish === null ? null : finishWord(finish),
});

/** The events of a complete answer as one legacy completion. A refusal is text like any other. */
export function encodeCompletion(
  events: readonly CanonicalEvent[],
  context: AnswerContext,
): string {
  const sum = new AnswerSum(events);
  return JSON.stringify({
    ...headOf(sum, context, "text_completion"),
    choices: [choiceOf((sum.text + sum.refusal).toWellFormed(), sum.finish)],
    ...(sum.usage === null ? {} : { usage: writeUsage(sum.usage) }),
  });
}

/** Events as legacy completion chunks. */
export class CompletionsStreamEncoder implements EventEncoder {
  readonly #context: AnswerContext;
  readonly #gate = new SurrogateGate();
  #head: object;
  #usage: Usage | null = null;

  constructor(context: AnswerContext) {
    this.#context = context;
    this.#head = headOf(new AnswerSum([]), context, "text_completion");
  }

  encode(event: CanonicalEvent): string {
    switch (event.type) {
      case "start":
        this.#head = headOf(new AnswerSum([event]), this.#context, "text_completion");
        return "";
      case "text":
      case "refusal": {
        const text = this.#gate.push(event.text);
        return text === "" ? "" : this.#chunk([choiceOf(text, null)]);
      }
      case "usage":
        this.#usage = event.usage;
        return "";
      case "finish":
        return this.#finish(event.reason);
      case "error":
        return encodeStreamError(event.code, event.message);
      case "reasoning":
      case "toolStart":
      case "toolDelta":
      case "toolEnd":
      case "citation":
      case "ping":
        return "";
    }
  }

  #finish(reason: FinishReason): string {
    const last = this.#chunk([choiceOf(this.#gate.flush(), reason)]);
    const usage = this.#context.streamUsage && this.#usage !== null ? this.#usage : null;
    const counted = usage === null ? "" : this.#chunk([], writeUsage(usage));
    return `${last}${counted}data: [DONE]\n\n`;
  }

  #chunk(choices: readonly object[], usage: object | null = null): string {
    const counted = this.#context.streamUsage ? { usage } : {};
    return sseJson(JSON.stringify({ ...this.#head, choices, ...counted }));
  }
}
