import type { AnswerContext } from "../canonical/codec.ts";
import type { CanonicalEvent, FinishReason } from "../canonical/event.ts";
import type { Usage } from "../canonical/usage.ts";
import { isObject, type JsonObject } from "../field-rules.ts";
import { BlockSplitter, type BlockSink, type NewBlock } from "./block-splitter.ts";
import { membersOf } from "./written-block.ts";
import { messageHead, messageUsage, newBlock, writeEnd } from "./message-words.ts";

interface SumBlock {
  readonly begun: NewBlock;
  said: string;
  signature: string;
  readonly citations: JsonObject[];
}

/** What the events of a whole answer add up to. */
class AnswerSum implements BlockSink {
  model = "";
  usage: Usage | null = null;
  finish: FinishReason = "stop";
  stopSequence: string | null = null;
  readonly #splitter = new BlockSplitter(this);
  readonly #blocks: SumBlock[] = [];

  constructor(events: readonly CanonicalEvent[]) {
    for (const event of events) this.#add(event);
    this.#splitter.end();
  }

  get hasCalls(): boolean {
    return this.#blocks.some(({ begun }) => begun.kind === "tool");
  }

  get content(): string {
    return `[${this.#blocks.map(blockJson).join(",")}]`;
  }

  open(begun: NewBlock): void {
    this.#blocks.push({ begun, said: "", signature: "", citations: [] });
  }

  say(text: string): void {
    const block = this.#blocks.at(-1);
    if (block !== undefined) block.said += text;
  }

  sign(signature: string): void {
    const block = this.#blocks.at(-1);
    if (block !== undefined) block.signature = signature;
  }

  cite(citation: JsonObject): void {
    this.#blocks.at(-1)?.citations.push(citation);
  }

  close(): void {
    // A block is whole when the next one opens.
  }

  #add(event: CanonicalEvent): void {
    switch (event.type) {
      case "start":
        this.model = event.model;
        break;
      case "usage":
        this.usage = event.usage;
        break;
      case "finish":
        this.finish = event.reason;
        this.stopSequence = event.stopSequence;
        break;
      case "ping":
      case "error":
        break;
      case "text":
      case "refusal":
      case "reasoning":
      case "citation":
      case "toolStart":
      case "toolDelta":
      case "toolEnd":
        this.#splitter.take(event);
    }
  }
}

function blockJson({ begun, said, signature, citations }: SumBlock): string {
  const begin = newBlock(begun);
  switch (begun.kind) {
    case "text":
      return JSON.stringify({
        ...begin,
        text: said,
        citations: citations.length === 0 ? null : citations,
      });
    case "thinking":
      return JSON.stringify({ ...begin, thinking: said, signature });
    case "redacted":
      return JSON.stringify(begin);
    case "tool": {
      // Arguments as they were written: a number keeps its literal.
      const { input: _, ...others } = { input: null, ...begin };
      return `{${membersOf(others)},"input":${inputOf(said)}}`;
    }
  }
}

/** A model that was cut off, or wrote no object, called with nothing that could be read. */
function inputOf(text: string): string {
  try {
    return isObject(JSON.parse(text)) ? text : "{}";
  } catch {
    return "{}";
  }
}

/** The events of a complete answer as one message. */
export function encodeAnswer(events: readonly CanonicalEvent[], context: AnswerContext): string {
  const sum = new AnswerSum(events);
  const { finish: reason, stopSequence, hasCalls } = sum;
  const head = JSON.stringify(messageHead(sum.model, context)).slice(0, -1);
  const tail = JSON.stringify({
    ...writeEnd({ reason, stopSequence, hasCalls }),
    diagnostics: null,
    usage: messageUsage(sum.usage),
  }).slice(1);
  return `${head},"content":${sum.content},${tail}`;
}
