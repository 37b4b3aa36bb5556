import type { AnswerContext, EventEncoder } from "../canonical/codec.ts";
import type { CanonicalEvent } from "../canonical/event.ts";
import type { Usage } from "../canonical/usage.ts";
import { sseJson } from "../framing/sse-event.ts";
import { SurrogateGate } from "../framing/surrogate-gate.ts";
import { answerJson, callPart, textPart, thoughtPart } from "./answer-words.ts";
import { encodeStreamError } from "./errors.ts";

type EventOf<T extends CanonicalEvent["type"]> = Extract<CanonicalEvent, { type: T }>;

interface OpenCall {
  readonly id: string;
  readonly name: string;
  arguments: string;
}

/** Events as the chunks of a stream. A function's call stands in one chunk, when it is whole. */
export class GenerateStreamEncoder implements EventEncoder {
  readonly #context: AnswerContext;
  readonly #text = new SurrogateGate();
  readonly #thought = new SurrogateGate();
  readonly #calls = new Map<number, OpenCall>();
  #model = "";
  #usage: Usage | null = null;

  constructor(context: AnswerContext) {
    this.#context = context;
  }

  encode(event: CanonicalEvent): string {
    switch (event.type) {
      case "start":
        this.#model = event.model;
        return "";
      case "text":
      case "refusal":
        return this.#say(this.#text.push(event.text), textPart);
      case "reasoning":
        return this.#reason(event);
      case "toolStart":
        this.#calls.set(event.index, { id: event.id, name: event.name, arguments: "" });
        return "";
      case "toolDelta": {
        const call = this.#calls.get(event.index);
        if (call !== undefined) call.arguments += event.arguments;
        return "";
      }
      case "toolEnd":
        return this.#call(event.index);
      case "usage":
        this.#usage = event.usage;
        return "";
      case "finish":
        return this.#finish(event);
      case "error":
        return encodeStreamError(event.code, event.message);
      case "citation":
      case "ping":
        return "";
    }
  }

  #say(text: string, part: (text: string) => string): string {
    return text === "" ? "" : this.#chunk([part(text)]);
  }

  #reason({ text, signature, redacted }: EventOf<"reasoning">): string {
    const said = this.#thought.push(text);
    if (signature === undefined && redacted === undefined) {
      return said === "" ? "" : this.#chunk([thoughtPart({ text: said })]);
    }
    const whole = said + this.#thought.flush();
    const proof = redacted === undefined ? { signature: signature ?? "" } : { redacted };
    return this.#chunk([thoughtPart({ text: whole, ...proof })]);
  }

  #call(index: number): string {
    const call = this.#calls.get(index);
    if (call === undefined) return "";
    this.#calls.delete(index);
    return this.#chunk([callPart(call.id, call.name, call.arguments)]);
  }

  #finish({ reason }: EventOf<"finish">): string {
    const thought = this.#thought.flush();
    const text = this.#text.flush();
    const parts = [...(thought === "" ? [] : [thoughtPart({ text: thought })]), textPart(text)];
    let frames = "";
    for (const index of this.#calls.keys()) frames += this.#call(index);
    const end = { model: this.#model, reason, usage: this.#usage };
    return frames + sseJson(answerJson(parts, end, this.#context));
  }

  #chunk(parts: readonly string[]): string {
    const end = { model: this.#model, reason: null, usage: null };
    return sseJson(answerJson(parts, end, this.#context));
  }
}
