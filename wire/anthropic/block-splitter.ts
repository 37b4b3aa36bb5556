import type { CanonicalEvent } from "../canonical/event.ts";
import { isObject, type JsonObject } from "../field-rules.ts";
import { SurrogateGate } from "../framing/surrogate-gate.ts";
import { writeCitation } from "./citation.ts";

/** How a block begins. */
export type NewBlock =
  | { readonly kind: "text" | "thinking" }
  | { readonly kind: "redacted"; readonly data: string }
  | { readonly kind: "tool"; readonly id: string; readonly name: string };

/** Takes an answer's blocks, one after the other; texts are well-formed and never empty. */
export interface BlockSink {
  open(block: NewBlock): void;
  /** Text, thinking or arguments of the open block. */
  say(text: string): void;
  sign(signature: string): void;
  cite(citation: JsonObject): void;
  close(): void;
}

type EventOf<T extends CanonicalEvent["type"]> = Extract<CanonicalEvent, { type: T }>;

/** Events that are part of a block. */
export type BlockEvent = EventOf<
  "text" | "refusal" | "reasoning" | "citation" | "toolStart" | "toolDelta" | "toolEnd"
>;

interface OpenBlock {
  readonly kind: NewBlock["kind"];
  readonly gate: SurrogateGate;
  /** Of a call: its index, and its arguments so far. */
  readonly call: number | null;
  arguments: string;
  /** More text of the kind belongs to another block: this one was signed, or cited from. */
  isSealed: boolean;
}

/**
 * Cuts the events of an answer into blocks. Clients of this dialect expect one block to end before
 * the next begins, but other dialects may go on with a call after the next one has begun: what
 * comes while a call's arguments are incomplete waits until it ends.
 */
export class BlockSplitter {
  readonly #sink: BlockSink;
  #open: OpenBlock | null = null;
  /** What waits, a call with all that is its own as one. */
  #waiting: BlockEvent[][] = [];
  #next = 0;
  readonly #waitingCalls = new Map<number, BlockEvent[]>();

  constructor(sink: BlockSink) {
    this.#sink = sink;
  }

  take(event: BlockEvent): void {
    if (this.#isWaiting && !this.#isOfOpenCall(event)) return this.#wait(event);
    this.#apply(event);
    // At the end of a call alone: after each delta, its arguments would be parsed each time.
    if (event.type !== "toolEnd") return;
    while (this.#isWaiting && this.#makeRoom()) this.#applyNext();
  }

  /** Nothing more comes: hands out what waited, and closes the last block. */
  end(): void {
    this.#close();
    while (this.#isWaiting) {
      this.#applyNext();
      this.#close();
    }
  }

  get #isWaiting(): boolean {
    return this.#next < this.#waiting.length;
  }

  #isOfOpenCall(event: BlockEvent): boolean {
    const isOfCall = event.type === "toolDelta" || event.type === "toolEnd";
    return isOfCall && this.#open?.call === event.index;
  }

  #wait(event: BlockEvent): void {
    if (event.type === "toolDelta" || event.type === "toolEnd") {
      this.#waitingCalls.get(event.index)?.push(event);
      return;
    }
    const group = [event];
    this.#waiting.push(group);
    if (event.type === "toolStart") this.#waitingCalls.set(event.index, group);
  }

  #applyNext(): void {
    const group = this.#waiting[this.#next] ?? [];
    this.#next += 1;
    if (!this.#isWaiting) {
      this.#waiting = [];
      this.#next = 0;
    }
    for (const event of group) {
      if (event.type === "toolStart") this.#waitingCalls.delete(event.index);
      this.#apply(event);
    }
  }

  /** May a block begin? A call whose arguments are whole has ended, whoever says so later. */
  #makeRoom(): boolean {
    if (this.#open?.kind !== "tool") return true;
    if (!isWhole(this.#open.arguments)) return false;
    this.#close();
    return true;
  }

  #apply(event: BlockEvent): void {
    switch (event.type) {
      case "text":
      case "refusal":
        return this.#say(event, "text", event.text);
      case "reasoning":
        return this.#reason(event);
      case "citation":
        return this.#cite(event);
      case "toolStart":
        if (this.#makeRoom()) this.#begin(event);
        else this.#wait(event);
        return;
      case "toolDelta":
        return this.#argue(event);
      case "toolEnd":
        if (this.#open?.call === event.index) this.#close();
    }
  }

  #say(event: BlockEvent, kind: "text" | "thinking", text: string): void {
    if (text === "") return;
    if (!this.#makeRoom()) return this.#wait(event);
    this.#speak(this.#continue(kind), text);
  }

  #reason(event: EventOf<"reasoning">): void {
    const { text, signature = "", redacted = "" } = event;
    if (!this.#makeRoom()) return this.#wait(event);
    if (redacted !== "") {
      this.#begin({ kind: "redacted", data: redacted });
      return this.#close();
    }
    this.#say(event, "thinking", text);
    if (signature === "") return;
    const open = this.#continue("thinking");
    this.#flush(open);
    this.#sink.sign(signature);
    open.isSealed = true;
  }

  #cite(event: EventOf<"citation">): void {
    const citation = writeCitation(event.citation);
    if (citation === null) return;
    if (!this.#makeRoom()) return this.#wait(event);
    const open = this.#open?.kind === "text" ? this.#open : this.#continue("text");
    this.#flush(open);
    this.#sink.cite(citation);
    open.isSealed = true;
  }

  #argue({ index, arguments: text }: EventOf<"toolDelta">): void {
    const open = this.#open;
    if (open === null || open.call !== index) return;
    open.arguments += text;
    this.#speak(open, text);
  }

  #continue(kind: "text" | "thinking"): OpenBlock {
    if (this.#open?.kind === kind && !this.#open.isSealed) return this.#open;
    return this.#begin({ kind });
  }

  #begin(block: NewBlock | EventOf<"toolStart">): OpenBlock {
    this.#close();
    const isCall = "type" in block;
    const kind = isCall ? "tool" : block.kind;
    const call = isCall ? block.index : null;
    this.#sink.open(isCall ? { kind: "tool", id: block.id, name: block.name } : block);
    this.#open = { kind, gate: new SurrogateGate(), call, arguments: "", isSealed: false };
    return this.#open;
  }

  #speak(open: OpenBlock, text: string): void {
    const wellFormed = open.gate.push(text);
    if (wellFormed !== "") this.#sink.say(wellFormed);
  }

  #flush({ gate }: OpenBlock): void {
    const held = gate.flush();
    if (held !== "") this.#sink.say(held);
  }

  #close(): void {
    if (this.#open === null) return;
    this.#flush(this.#open);
    this.#open = null;
    this.#sink.close();
  }
}

function isWhole(text: string): boolean {
  try {
    return isObject(JSON.parse(text));
  } catch {
    return false;
  }
}
