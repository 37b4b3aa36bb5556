import type { CanonicalEvent } from "../canonical/event.ts";
import { SurrogateGate } from "../framing/surrogate-gate.ts";
import { writeAnnotation } from "./annotation.ts";
import {
  itemOf,
  partOf,
  summaryOf,
  type ItemStatus,
  type OpenCall,
  type OpenItem,
  type OpenMessage,
  type OpenPart,
  type OpenReasoning,
  type OutputItem,
} from "./output-items.ts";
import { sealed } from "./sealed-reasoning.ts";

/** Told of an answer's output as it grows, in the names of the stream's events. */
export type OutputSink = (type: string, members: object) => void;

type EventOf<T extends CanonicalEvent["type"]> = Extract<CanonicalEvent, { type: T }>;

/** Events that an answer's output is made of. */
export type OutputEvent = EventOf<
  "text" | "refusal" | "reasoning" | "citation" | "toolStart" | "toolDelta" | "toolEnd"
>;

interface Open<Item extends OpenItem> {
  readonly item: Item;
  readonly gate: SurrogateGate;
}

/** The first letters of an item's id say what it is. */
const idPrefix = { message: "msg", reasoning: "rs", call: "fc" } as const;

const placeOf = ({ item }: Open<OpenItem>) => ({ item_id: item.id, output_index: item.index });

/**
 * Puts the events of an answer together to items. What is said and what is thought come one after
 * the other; calls may be open side by side, each until its own end.
 */
export class OutputWriter {
  readonly #sink: OutputSink;
  readonly #idBody: string;
  readonly #done: OutputItem[] = [];
  readonly #calls = new Map<number, Open<OpenCall>>();
  #said: Open<OpenMessage> | null = null;
  #thought: Open<OpenReasoning> | null = null;
  #begun = 0;
  saidRefusal = false;

  /** `idBody` is what the ids of all items have in common. */
  constructor(idBody: string, sink: OutputSink) {
    this.#idBody = idBody;
    this.#sink = sink;
  }

  /** The items that have ended, in their order. */
  get items(): readonly OutputItem[] {
    return this.#done.filter((item) => item !== undefined);
  }

  take(event: OutputEvent): void {
    switch (event.type) {
      case "text":
      case "refusal":
        return this.#say(event.type, event.text);
      case "reasoning":
        return this.#think(event);
      case "citation":
        return this.#cite(event.citation);
      case "toolStart":
        return this.#call(event);
      case "toolDelta":
        return this.#argue(this.#calls.get(event.index), event.arguments);
      case "toolEnd":
        return this.#endCall(event.index, "completed");
    }
  }

  /** Nothing more comes: what is still open ends as it stands. */
  end(status: ItemStatus): void {
    this.#endText(status);
    for (const index of this.#calls.keys()) this.#endCall(index, status);
  }

  #begin<Item extends OpenItem>(make: (written: { id: string; index: number }) => Item) {
    const index = this.#begun;
    this.#begun += 1;
    const draft = make({ id: "", index });
    const id = `${idPrefix[draft.kind]}_${this.#idBody}_${index}`;
    const open = { item: { ...draft, id }, gate: new SurrogateGate() };
    this.#sink("response.output_item.added", {
      output_index: index,
      item: itemOf(open.item, "in_progress"),
    });
    return open;
  }

  #finish({ item }: Open<OpenItem>, status: ItemStatus): void {
    const done = itemOf(item, status);
    this.#done[item.index] = done;
    this.#sink("response.output_item.done", { output_index: item.index, item: done });
  }

  #say(kind: OpenPart["kind"], text: string): void {
    if (text === "") return;
    this.#endReasoning("completed");
    this.saidRefusal ||= kind === "refusal";
    const open = (this.#said ??= this.#begin<OpenMessage>((written) => ({
      ...written,
      kind: "message",
      parts: [],
    })));
    const part = this.#partOf(open, kind);
    this.#speak(open, part, open.gate.push(text));
  }

  /** The part that is open, if it is of this kind; else a new one. */
  #partOf(open: Open<OpenMessage>, kind: OpenPart["kind"]): OpenPart {
    const { parts } = open.item;
    const last = parts.at(-1);
    if (last?.kind === kind) return last;
    this.#endPart(open);
    const part: OpenPart = { kind, text: "", annotations: [] };
    parts.push(part);
    this.#sink("response.content_part.added", { ...this.#partPlace(open), part: partOf(part) });
    return part;
  }

  #partPlace(open: Open<OpenMessage>) {
    return { ...placeOf(open), content_index: open.item.parts.length - 1 };
  }

  #speak(open: Open<OpenMessage>, part: OpenPart, delta: string): void {
    if (delta === "") return;
    part.text += delta;
    const place = this.#partPlace(open);
    if (part.kind === "refusal") this.#sink("response.refusal.delta", { ...place, delta });
    else this.#sink("response.output_text.delta", { ...place, delta, logprobs: [] });
  }

  #endPart(open: Open<OpenMessage>): void {
    const part = open.item.parts.at(-1);
    if (part === undefined) return;
    this.#speak(open, part, open.gate.flush());
    const place = this.#partPlace(open);
    const { text } = part;
    if (part.kind === "refusal") this.#sink("response.refusal.done", { ...place, refusal: text });
    else this.#sink("response.output_text.done", { ...place, text, logprobs: [] });
    this.#sink("response.content_part.done", { ...place, part: partOf(part) });
  }

  #cite(citation: unknown): void {
    const annotation = writeAnnotation(citation);
    const open = this.#said;
    const part = open?.item.parts.at(-1);
    if (annotation === null || open === null || part?.kind !== "text") return;
    this.#sink("response.output_text.annotation.added", {
      ...this.#partPlace(open),
      annotation_index: part.annotations.length,
      annotation,
    });
    part.annotations.push(annotation);
  }

  #think({ text, ...proof }: EventOf<"reasoning">): void {
    this.#endMessage("completed");
    const seal = sealed(proof);
    if (proof.redacted !== undefined) this.#endReasoning("completed");
    if (text === "" && seal === null) return;
    const open = (this.#thought ??= this.#begin<OpenReasoning>((written) => ({
      ...written,
      kind: "reasoning",
      text: "",
      sealed: null,
    })));
    this.#muse(open, open.gate.push(text));
    if (seal === null) return;
    open.item.sealed = seal;
    this.#endReasoning("completed");
  }

  #muse(open: Open<OpenReasoning>, delta: string): void {
    if (delta === "") return;
    const place = { ...placeOf(open), summary_index: 0 };
    if (open.item.text === "") {
      this.#sink("response.reasoning_summary_part.added", { ...place, part: summaryOf("") });
    }
    open.item.text += delta;
    this.#sink("response.reasoning_summary_text.delta", { ...place, delta });
  }

  #endReasoning(status: ItemStatus): void {
    const open = this.#thought;
    if (open === null) return;
    this.#thought = null;
    this.#muse(open, open.gate.flush());
    const { text } = open.item;
    if (text !== "") {
      const place = { ...placeOf(open), summary_index: 0 };
      this.#sink("response.reasoning_summary_text.done", { ...place, text });
      this.#sink("response.reasoning_summary_part.done", { ...place, part: summaryOf(text) });
    }
    this.#finish(open, status);
  }

  #endMessage(status: ItemStatus): void {
    const open = this.#said;
    if (open === null) return;
    this.#endPart(open);
    this.#said = null;
    this.#finish(open, status);
  }

  #endText(status: ItemStatus): void {
    this.#endReasoning(status);
    this.#endMessage(status);
  }

  #call({ index, id, name }: EventOf<"toolStart">): void {
    this.#endText("completed");
    const open = this.#begin<OpenCall>((written) => ({
      ...written,
      kind: "call",
      callId: id,
      name,
      arguments: "",
    }));
    this.#calls.set(index, open);
  }

  #argue(open: Open<OpenCall> | undefined, text: string): void {
    const delta = open?.gate.push(text) ?? "";
    if (open === undefined || delta === "") return;
    open.item.arguments += delta;
    this.#sink("response.function_call_arguments.delta", { ...placeOf(open), delta });
  }

  #endCall(index: number, status: ItemStatus): void {
    const open = this.#calls.get(index);
    if (open === undefined) return;
    this.#calls.delete(index);
    this.#argue(open, open.gate.flush());
    // Clients parse the arguments of a whole call: some providers send none for an empty object.
    if (open.item.arguments === "" && status === "completed") this.#argue(open, "{}");
    const { name, arguments: text } = open.item;
    const place = placeOf(open);
    this.#sink("response.function_call_arguments.done", { ...place, name, arguments: text });
    this.#finish(open, status);
  }
}
