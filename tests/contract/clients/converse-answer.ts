import type {
  ContentBlock,
  ContentBlockDelta,
  ConverseCommandOutput,
  ConverseStreamOutput,
  Message,
  TokenUsage,
} from "@aws-sdk/client-bedrock-runtime";
import type { Answer, Piece, SeenUsage } from "./contract-client.ts";
import { StreamedCalls } from "./streamed-calls.ts";

type Whole = Pick<ConverseCommandOutput, "output" | "stopReason" | "usage">;

/** What an answer of Converse is to a program. */
export function answerOfConverse({ output, stopReason, usage }: Whole): Answer {
  const message = output?.message;
  const content = message?.content ?? [];
  const thought = content.flatMap(({ reasoningContent }) => reasoningContent?.reasoningText ?? []);
  return {
    text: content.map(({ text }) => text ?? "").join(""),
    toolCalls: content.flatMap(({ toolUse }) =>
      toolUse === undefined
        ? []
        : [{ id: toolUse.toolUseId ?? "", name: toolUse.name ?? "", input: toolUse.input }],
    ),
    ended: stopReason ?? null,
    usage: usageOf(usage),
    reasoning:
      thought.length === 0
        ? null
        : {
            text: thought.map(({ text }) => text).join(""),
            isSigned: thought.every(({ signature }) => (signature ?? "") !== ""),
          },
    native: message,
  };
}

const usageOf = (usage: TokenUsage | undefined): SeenUsage | null =>
  usage === undefined
    ? null
    : {
        input: usage.inputTokens ?? 0,
        cacheRead: usage.cacheReadInputTokens ?? 0,
        cacheWrite: usage.cacheWriteInputTokens ?? 0,
        output: usage.outputTokens ?? 0,
        reasoning: null,
      };

interface Block {
  text: string;
  reasoning: string;
  signature: string;
}

/** The same of a stream, put together from its events as they come. */
export class ConverseStreamAnswer {
  readonly #blocks = new Map<number, Block>();
  readonly #tools = new Map<number, StreamedCalls>();
  #ended: string | null = null;
  #usage: SeenUsage | null = null;

  /** Returns what of the event a reader would show. */
  take(event: ConverseStreamOutput): Piece | null {
    if (event.contentBlockStart?.start?.toolUse !== undefined) {
      const { contentBlockIndex = 0, start } = event.contentBlockStart;
      const calls = new StreamedCalls();
      calls.begin(0, { id: start.toolUse.toolUseId, name: start.toolUse.name });
      this.#tools.set(contentBlockIndex, calls);
    }
    if (event.messageStop !== undefined) this.#ended = event.messageStop.stopReason ?? null;
    if (event.metadata !== undefined) this.#usage = usageOf(event.metadata.usage);
    const { contentBlockDelta } = event;
    if (contentBlockDelta?.delta === undefined) return null;
    return this.#delta(contentBlockDelta.contentBlockIndex ?? 0, contentBlockDelta.delta);
  }

  answer(): Answer {
    const blocks = [...this.#blocks.values()];
    const toolCalls = [...this.#tools.values()].flatMap((calls) => calls.whole());
    const reasoning = blocks.filter((block) => block.reasoning !== "");
    return {
      text: blocks.map(({ text }) => text).join(""),
      toolCalls,
      ended: this.#ended,
      usage: this.#usage,
      reasoning:
        reasoning.length === 0
          ? null
          : {
              text: reasoning.map((block) => block.reasoning).join(""),
              isSigned: reasoning.every(({ signature }) => signature !== ""),
            },
      native: this.#message(),
    };
  }

  #delta(index: number, delta: ContentBlockDelta): Piece | null {
    if (delta.toolUse !== undefined) {
      const text = delta.toolUse.input ?? "";
      this.#tools.get(index)?.add(0, text);
      return { kind: "tool", text };
    }
    const block = this.#blocks.get(index) ?? { text: "", reasoning: "", signature: "" };
    this.#blocks.set(index, block);
    block.text += delta.text ?? "";
    block.reasoning += delta.reasoningContent?.text ?? "";
    block.signature += delta.reasoningContent?.signature ?? "";
    if (delta.text !== undefined) return { kind: "text", text: delta.text };
    const { text } = delta.reasoningContent ?? {};
    return text === undefined ? null : { kind: "reasoning", text };
  }

  #message(): Message {
    const content: [number, ContentBlock][] = [];
    for (const [index, { text, reasoning, signature }] of this.#blocks) {
      if (text !== "") content.push([index, { text }]);
      if (reasoning === "") continue;
      content.push([
        index,
        {
          reasoningContent: {
            reasoningText: { text: reasoning, ...(signature === "" ? {} : { signature }) },
          },
        },
      ]);
    }
    for (const [index, calls] of this.#tools) {
      for (const { id, name, input } of calls.whole()) {
        // Parsed from JSON, so it is a document of the SDK's.
        const json = input as Record<string, never>;
        content.push([index, { toolUse: { toolUseId: id, name, input: json } }]);
      }
    }
    return {
      role: "assistant",
      content: content.toSorted(([a], [b]) => a - b).map(([, block]) => block),
    };
  }
}
