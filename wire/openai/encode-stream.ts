import type { AnswerContext, EventEncoder } from "../canonical/codec.ts";
import type { CanonicalEvent } from "../canonical/event.ts";
import type { Usage } from "../canonical/usage.ts";
import { SurrogateGate } from "../framing/surrogate-gate.ts";
import { encodeStreamError } from "./errors.ts";
import { writeFinishReason } from "./finish-reason.ts";
import { writeUsage } from "./usage.ts";

type EventOf<T extends CanonicalEvent["type"]> = Extract<CanonicalEvent, { type: T }>;

const done = "data: [DONE]\n\n";

const contentDelta = (text: string): string => `{"content":${JSON.stringify(text)}}`;
const refusalDelta = (text: string): string => `{"refusal":${JSON.stringify(text)}}`;
/** No field of OpenAI's, but the one that clients of compatible servers read. */
const reasoningDelta = (text: string): string => `{"reasoning_content":${JSON.stringify(text)}}`;

const argumentsDelta =
  (index: number) =>
  (text: string): string =>
    `{"tool_calls":[{"index":${index},"function":{"arguments":${JSON.stringify(text)}}}]}`;

/** One kind of text, and the delta that carries it. */
interface Channel {
  readonly gate: SurrogateGate;
  readonly delta: (text: string) => string;
}

const channel = (delta: Channel["delta"]): Channel => ({ gate: new SurrogateGate(), delta });

/** Events as chat completion chunks. */
export class ChatStreamEncoder implements EventEncoder {
  readonly #context: AnswerContext;
  /** The chunks' start up to the choices: the same in every chunk, so it is built once. */
  #prefix: string;
  readonly #content = channel(contentDelta);
  readonly #refusal = channel(refusalDelta);
  readonly #reasoning = channel(reasoningDelta);
  readonly #calls: Channel[] = [];
  #saidRefusal = false;
  #usage: Usage | null = null;

  constructor(context: AnswerContext) {
    this.#context = context;
    // An answer that passed as bytes is ended by an event without a start.
    this.#prefix = this.#prefixOf(context.model, context.createdMs);
  }

  encode(event: CanonicalEvent): string {
    switch (event.type) {
      case "start":
        return this.#start(event);
      case "text":
        return this.#say(this.#content, event.text);
      case "refusal":
        this.#saidRefusal = true;
        return this.#say(this.#refusal, event.text);
      case "reasoning":
        return this.#say(this.#reasoning, event.text);
      case "toolStart":
        return this.#startCall(event);
      case "toolDelta": {
        const call = (this.#calls[event.index] ??= channel(argumentsDelta(event.index)));
        return this.#say(call, event.arguments);
      }
      case "citation":
        return this.#chunk(`{"annotations":[${JSON.stringify(event.citation)}]}`, null);
      case "usage":
        this.#usage = event.usage;
        return "";
      case "finish":
        return this.#finish(event);
      case "error":
        return encodeStreamError(event.code, event.message);
      case "toolEnd":
      case "ping":
        return "";
    }
  }

  #start({ model, createdMs }: EventOf<"start">): string {
    const { model: asked, createdMs: startedMs } = this.#context;
    this.#prefix = this.#prefixOf(model === "" ? asked : model, createdMs ?? startedMs);
    return this.#chunk(`{"role":"assistant","content":"","refusal":null}`, null);
  }

  #prefixOf(model: string, createdMs: number): string {
    const id = JSON.stringify(this.#context.id);
    const created = Math.floor(createdMs / 1000);
    return (
      `data: {"id":${id},"object":"chat.completion.chunk","created":${created},` +
      `"model":${JSON.stringify(model)},"choices":[`
    );
  }

  #startCall({ index, id, name }: EventOf<"toolStart">): string {
    const called = JSON.stringify({
      index,
      id,
      type: "function",
      function: { name, arguments: "" },
    });
    return this.#chunk(`{"tool_calls":[${called}]}`, null);
  }

  #finish({ reason }: EventOf<"finish">): string {
    const channels = [this.#content, this.#refusal, this.#reasoning, ...this.#calls.values()];
    let frames = "";
    for (const { gate, delta } of channels.filter((open) => open !== undefined)) {
      const held = gate.flush();
      if (held !== "") frames += this.#chunk(delta(held), null);
    }
    frames += this.#chunk("{}", writeFinishReason(reason, this.#saidRefusal));
    if (this.#context.streamUsage && this.#usage !== null) {
      frames += `${this.#prefix}],"usage":${JSON.stringify(writeUsage(this.#usage))}}\n\n`;
    }
    return frames + done;
  }

  #say({ gate, delta }: Channel, text: string): string {
    const wellFormed = gate.push(text);
    return wellFormed === "" ? "" : this.#chunk(delta(wellFormed), null);
  }

  #chunk(delta: string, finish: string | null): string {
    const reason = finish === null ? "null" : `"${finish}"`;
    const usage = this.#context.streamUsage ? `,"usage":null` : "";
    const choice = `{"index":0,"delta":${delta},"logprobs":null,"finish_reason":${reason}}`;
    return `${this.#prefix}${choice}]${usage}}\n\n`;
  }
}
