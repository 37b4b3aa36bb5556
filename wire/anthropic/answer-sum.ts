import type { CanonicalEvent, FinishReason } from "../canonical/event.ts";
import type { Usage } from "../canonical/usage.ts";
import { isObject, type JsonObject } from "../field-rules.ts";
import { BlockSplitter, type BlockSink, type NewBlock } from "./block-splitter.ts";

/** A block and all that was said in it. */
export interface SumBlock {
  readonly begun: NewBlock;
  said: string;
  signature: string;
  readonly citations: JsonObject[];
}

/** What the events of a whole answer add up to. */
export class AnswerSum implements BlockSink {
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

  get blocks(): readonly Readonly<SumBlock>[] {
    return this.#blocks;
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

/** A model that was cut off, or wrote no object, called with nothing that could be read. */
export function inputOf(text: string): string {
  try {
    return isObject(JSON.parse(text)) ? text : "{}";
  } catch {
    return "{}";
  }
}
