import assert from "node:assert/strict";
import { toolName, toolSchema, type FaultQuestion, type Told } from "./fault-client.ts";
import { toldOnce, ToldSum } from "./told.ts";

interface Block {
  readonly type: string;
  readonly text?: string;
  readonly input?: unknown;
}

/** As much of Claude's events as is looked at. */
interface MessageEvent {
  readonly type: string;
  readonly index?: number;
  readonly content_block?: Block;
  readonly delta?: {
    readonly text?: string;
    readonly partial_json?: string;
    readonly stop_reason?: string | null;
  };
}

const tools = [{ name: toolName, input_schema: toolSchema }];

/** What of a question stands in every body of Claude's. */
export const messageBody = ({ text, maxTokens, tool }: FaultQuestion): object => ({
  max_tokens: maxTokens,
  messages: [{ role: "user", content: text }],
  ...(tool ? { tools, tool_choice: { type: "any" } } : {}),
});

/** A whole message of Claude's, of Anthropic or in a native body. */
export function readMessage(json: string): Told {
  const message = JSON.parse(json) as {
    readonly type: string;
    readonly content: readonly Block[];
    readonly stop_reason: string | null;
  };
  assert.equal(message.type, "message");
  const calls = message.content.filter(({ type }) => type === "tool_use");
  return toldOnce(
    message.content.map(({ text = "" }) => text).join(""),
    calls.map(({ input }) => JSON.stringify(input)),
    message.stop_reason,
  );
}

/** Claude's events in their order: a message is begun once, and a block is said in while open. */
export class MessageReader {
  readonly sum = new ToldSum();
  #state: "before" | "between" | "in a block" = "before";

  event(event: { readonly type: string }): void {
    const { type, content_block: block, delta } = event as MessageEvent;
    switch (type) {
      case "message_start":
        return this.#step(["before"], "between", type);
      case "content_block_start":
        this.#step(["between"], "in a block", type);
        if (block?.type === "tool_use") this.sum.call();
        return this.#say(block?.text);
      case "content_block_delta":
        this.#step(["in a block"], "in a block", type);
        if (delta?.partial_json !== undefined) this.sum.called(delta.partial_json);
        return this.#say(delta?.text);
      case "content_block_stop":
        return this.#step(["in a block"], "between", type);
      case "message_delta":
        this.#step(["between"], "between", type);
        return this.sum.reason(delta?.stop_reason);
      case "message_stop":
        this.#step(["between"], "between", type);
        return this.sum.end();
      default:
      // SDKs pass over events that they do not know.
    }
  }

  #say(text = ""): void {
    if (text !== "") this.sum.said(text);
  }

  #step(from: readonly string[], to: "between" | "in a block", type: string): void {
    assert.ok(from.includes(this.#state), `${type} ${this.#state}`);
    this.#state = to;
  }
}
