import type { AnswerContext } from "../canonical/codec.ts";
import type { CanonicalEvent, FinishReason } from "../canonical/event.ts";
import type { Usage } from "../canonical/usage.ts";
import { answerJson, callPart, textPart, thoughtPart, type Thought } from "./answer-words.ts";

type SumPart =
  | { readonly kind: "text"; text: string }
  | { readonly kind: "thought"; thought: Thought }
  | { readonly kind: "call"; readonly id: string; readonly name: string; arguments: string };

/** What the events of a whole answer add up to. */
class PartSum {
  readonly #parts: SumPart[] = [];
  readonly #calls = new Map<number, Extract<SumPart, { kind: "call" }>>();
  model = "";
  usage: Usage | null = null;
  reason: FinishReason = "stop";

  add(event: CanonicalEvent): void {
    switch (event.type) {
      case "start":
        this.model = event.model;
        break;
      case "text":
      case "refusal":
        this.#say(event.text);
        break;
      case "reasoning":
        this.#think(event);
        break;
      case "toolStart": {
        const { id, name } = event;
        const call = { kind: "call" as const, id, name, arguments: "" };
        this.#calls.set(event.index, call);
        this.#parts.push(call);
        break;
      }
      case "toolDelta": {
        const call = this.#calls.get(event.index);
        if (call !== undefined) call.arguments += event.arguments;
        break;
      }
      case "usage":
        this.usage = event.usage;
        break;
      case "finish":
        this.reason = event.reason;
        break;
      case "toolEnd":
      case "citation":
      case "ping":
      case "error":
    }
  }

  get parts(): string[] {
    return this.#parts.map((part) => {
      switch (part.kind) {
        case "text":
          return textPart(part.text.toWellFormed());
        case "thought":
          return thoughtPart(part.thought);
        case "call":
          return callPart(part.id, part.name, part.arguments);
      }
    });
  }

  #say(text: string): void {
    const last = this.#parts.at(-1);
    if (last?.kind === "text") last.text += text;
    else if (text !== "") this.#parts.push({ kind: "text", text });
  }

  #think({ text, signature, redacted }: Thought): void {
    const last = this.#parts.at(-1);
    const isMore =
      last?.kind === "thought" &&
      last.thought.signature === undefined &&
      last.thought.redacted === undefined;
    const before = isMore ? last.thought.text : "";
    const thought = {
      text: before + text,
      ...(signature === undefined ? {} : { signature }),
      ...(redacted === undefined ? {} : { redacted }),
    };
    if (isMore) last.thought = thought;
    else this.#parts.push({ kind: "thought", thought });
  }
}

/** The events of a complete answer as one. */
export function encodeAnswer(events: readonly CanonicalEvent[], context: AnswerContext): string {
  const sum = new PartSum();
  for (const event of events) sum.add(event);
  const { parts, model, reason, usage } = sum;
  return answerJson(parts, { model, reason, usage }, context);
}
