import { BlockSplitter, type BlockSink, type NewBlock } from "../anthropic/block-splitter.ts";
import type { CanonicalEvent, FinishReason } from "../canonical/event.ts";
import { noUsage, type Usage } from "../canonical/usage.ts";
import { isObject, type JsonObject } from "../field-rules.ts";
import { writeCitation } from "./citation.ts";
import { messageEnd } from "./message-end.ts";
import { writeUsage } from "./usage.ts";

interface SumBlock {
  readonly begun: NewBlock;
  said: string;
  signature: string;
  readonly citations: JsonObject[];
}

/** What the events of a whole answer add up to. */
class AnswerSum implements BlockSink {
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
    const written = writeCitation(citation);
    if (written !== null) this.#blocks.at(-1)?.citations.push(written);
  }

  close(): void {
    // A block is whole when the next one opens.
  }

  #add(event: CanonicalEvent): void {
    switch (event.type) {
      case "usage":
        this.usage = event.usage;
        break;
      case "finish":
        this.finish = event.reason;
        this.stopSequence = event.stopSequence;
        break;
      case "start":
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
  switch (begun.kind) {
    case "text":
      return citations.length === 0
        ? JSON.stringify({ text: said })
        : JSON.stringify({ citationsContent: { content: [{ text: said }], citations } });
    case "thinking": {
      const signed = signature === "" ? {} : { signature };
      return JSON.stringify({ reasoningContent: { reasoningText: { text: said, ...signed } } });
    }
    case "redacted":
      return JSON.stringify({ reasoningContent: { redactedContent: begun.data } });
    case "tool": {
      const head = JSON.stringify({ toolUseId: begun.id, name: begun.name }).slice(0, -1);
      // Arguments as they were written: a number keeps its literal.
      return `{"toolUse":${head},"input":${inputOf(said)}}}`;
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

/** The events of a complete answer as one answer of Converse. */
export function encodeAnswer(events: readonly CanonicalEvent[]): string {
  const sum = new AnswerSum(events);
  const { finish: reason, stopSequence, hasCalls } = sum;
  const tail = JSON.stringify({
    ...messageEnd({ reason, stopSequence, hasCalls }),
    // Clients read it without asking whether it is there.
    usage: writeUsage(sum.usage ?? noUsage),
    metrics: { latencyMs: 0 },
  }).slice(1);
  return `{"output":{"message":{"role":"assistant","content":${sum.content}}},${tail}`;
}
