import type Anthropic from "@anthropic-ai/sdk";
import type { Piece } from "./contract-client.ts";

type Event = Anthropic.RawMessageStreamEvent;
type Block = Anthropic.ContentBlock;

/** A message of Anthropic's, put together from the events of its stream. */
export class MessageSum {
  readonly #blocks: Block[] = [];
  readonly #inputs = new Map<number, string>();
  #message: Anthropic.Message | null = null;

  /** Returns what of the event a reader would show. */
  take(event: Event): Piece | null {
    switch (event.type) {
      case "message_start":
        this.#message = event.message;
        return null;
      case "content_block_start":
        this.#blocks[event.index] = { ...event.content_block };
        return null;
      case "content_block_delta":
        return this.#delta(event.index, event.delta);
      case "message_delta": {
        if (this.#message === null) return null;
        const { stop_reason, stop_sequence } = event.delta;
        const told = Object.entries(event.usage).filter(([, value]) => value !== null);
        const usage = { ...this.#message.usage, ...Object.fromEntries(told) };
        this.#message = { ...this.#message, stop_reason, stop_sequence, usage };
        return null;
      }
      case "content_block_stop":
      case "message_stop":
        return null;
      default:
        // Pings, and events to come.
        return null;
    }
  }

  /** Throws when the stream had no beginning, or a tool's arguments are no JSON. */
  message(): Anthropic.Message {
    if (this.#message === null) throw new Error("The stream has no message_start");
    for (const [index, text] of this.#inputs) {
      const block = this.#blocks[index];
      if (block?.type === "tool_use") block.input = text === "" ? {} : JSON.parse(text);
    }
    return { ...this.#message, content: this.#blocks };
  }

  #delta(index: number, delta: Anthropic.RawContentBlockDelta): Piece | null {
    const block = this.#blocks[index];
    if (delta.type === "text_delta" && block?.type === "text") {
      block.text += delta.text;
      return { kind: "text", text: delta.text };
    }
    if (delta.type === "thinking_delta" && block?.type === "thinking") {
      block.thinking += delta.thinking;
      return { kind: "reasoning", text: delta.thinking };
    }
    if (delta.type === "signature_delta" && block?.type === "thinking") {
      block.signature += delta.signature;
    }
    if (delta.type === "input_json_delta") {
      this.#inputs.set(index, (this.#inputs.get(index) ?? "") + delta.partial_json);
      return { kind: "tool", text: delta.partial_json };
    }
    return null;
  }
}
