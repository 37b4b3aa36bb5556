import type { AnswerContext } from "../canonical/codec.ts";
import type { CanonicalEvent, FinishReason } from "../canonical/event.ts";
import type { Usage } from "../canonical/usage.ts";
import { writeFinishReason } from "./finish-reason.ts";
import { writeUsage } from "./usage.ts";

interface WrittenCall {
  readonly id: string;
  readonly name: string;
  arguments: string;
}

/** What the events of a whole answer add up to. */
export class AnswerSum {
  model = "";
  createdMs: number | null = null;
  text = "";
  refusal = "";
  reasoning = "";
  readonly calls: WrittenCall[] = [];
  readonly citations: unknown[] = [];
  usage: Usage | null = null;
  finish: FinishReason = "stop";

  constructor(events: readonly CanonicalEvent[]) {
    for (const event of events) this.#add(event);
  }

  #add(event: CanonicalEvent): void {
    switch (event.type) {
      case "start":
        this.model = event.model;
        this.createdMs = event.createdMs;
        break;
      case "text":
        this.text += event.text;
        break;
      case "refusal":
        this.refusal += event.text;
        break;
      case "reasoning":
        this.reasoning += event.text;
        break;
      case "toolStart":
        this.calls[event.index] = { id: event.id, name: event.name, arguments: "" };
        break;
      case "toolDelta": {
        const call = this.calls[event.index];
        if (call !== undefined) call.arguments += event.arguments;
        break;
      }
      case "citation":
        this.citations.push(event.citation);
        break;
      case "usage":
        this.usage = event.usage;
        break;
      case "finish":
        this.finish = event.reason;
        break;
      case "toolEnd":
      case "ping":
      case "error":
        break;
    }
  }
}

/** What every object of this dialect starts with. */
export const headOf = (sum: AnswerSum, context: AnswerContext, object: string): object => ({
  id: context.id,
  object,
  created: Math.floor((sum.createdMs ?? context.createdMs) / 1000),
  model: sum.model === "" ? context.model : sum.model,
});

const wellFormedOrNull = (text: string): string | null =>
  text === "" ? null : text.toWellFormed();

const writeCall = (call: WrittenCall): object => ({
  id: call.id,
  type: "function",
  function: { name: call.name, arguments: call.arguments.toWellFormed() },
});

function messageOf(sum: AnswerSum): object {
  const calls = sum.calls.filter((call) => call !== undefined);
  const saidNothing = sum.text === "" && sum.refusal === "" && calls.length === 0;
  return {
    role: "assistant",
    content: saidNothing ? "" : wellFormedOrNull(sum.text),
    refusal: wellFormedOrNull(sum.refusal),
    ...(sum.reasoning === "" ? {} : { reasoning_content: sum.reasoning.toWellFormed() }),
    ...(calls.length === 0 ? {} : { tool_calls: calls.map(writeCall) }),
    annotations: sum.citations,
  };
}

/** The events of a complete answer as one chat completion. */
export function encodeAnswer(events: readonly CanonicalEvent[], context: AnswerContext): string {
  const sum = new AnswerSum(events);
  return JSON.stringify({
    ...headOf(sum, context, "chat.completion"),
    choices: [
      {
        index: 0,
        message: messageOf(sum),
        logprobs: null,
        finish_reason: writeFinishReason(sum.finish, sum.refusal !== ""),
      },
    ],
    ...(sum.usage === null ? {} : { usage: writeUsage(sum.usage) }),
  });
}
