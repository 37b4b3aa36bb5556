import type { EventSink } from "../canonical/codec.ts";
import type { JsonObject } from "../field-rules.ts";
import type { PackageWords } from "./call-options.ts";
import { joinedWords, packageWords, type ProofSeal, writeProof } from "./proof.ts";

const textOf = (value: unknown): string => (typeof value === "string" ? value : "");

interface OpenCall {
  readonly index: number;
  saysNothing: boolean;
  isOver: boolean;
}

/** The parts of an answer, whole or streamed, as events. */
export class PartReader {
  readonly #sink: EventSink;
  readonly #seal: ProofSeal;
  readonly #calls = new Map<string, OpenCall>();
  readonly #reasoned = new Map<string, PackageWords>();
  #started = false;

  constructor(sink: EventSink, seal: ProofSeal) {
    this.#sink = sink;
    this.#seal = seal;
  }

  /** Calls of the client's tools. */
  get calls(): number {
    return this.#calls.size;
  }

  /** What the provider calls itself and its answer. */
  start(said: JsonObject): void {
    if (this.#started) return;
    this.#started = true;
    const { id, modelId } = said;
    this.#sink.event({
      type: "start",
      model: textOf(modelId),
      upstreamId: textOf(id) || null,
      createdMs: null,
    });
  }

  /** False where the part is none that is known: files, for one, of models that paint. */
  read(part: JsonObject): boolean {
    switch (part["type"]) {
      case "text-delta":
        return this.#text(textOf(part["delta"]));
      case "text":
        return this.#text(textOf(part["text"]));
      case "reasoning-start":
      case "reasoning-delta":
      case "reasoning-end":
        return this.#reasoning(part);
      case "reasoning":
        this.#reason(textOf(part["text"]));
        return this.#prove(packageWords(part["providerMetadata"]));
      case "tool-input-start":
        return this.#startCall(part, textOf(part["id"]));
      case "tool-input-delta":
        return this.#say(textOf(part["id"]), textOf(part["delta"]));
      case "tool-call":
        return this.#call(part);
      case "source":
        return this.#cite(part);
      default:
        return silent.has(part["type"]);
    }
  }

  /** Ends what the provider has left open. */
  end(): void {
    for (const call of this.#calls.values()) this.#endCall(call);
  }

  #text(text: string): true {
    if (text === "") return true;
    this.start({});
    this.#sink.event({ type: "text", text });
    return true;
  }

  #reason(text: string): void {
    if (text === "") return;
    this.start({});
    this.#sink.event({ type: "reasoning", text });
  }

  #reasoning(part: JsonObject): true {
    const id = textOf(part["id"]);
    const words = joinedWords(this.#reasoned.get(id) ?? {}, packageWords(part["providerMetadata"]));
    this.#reasoned.set(id, words);
    this.#reason(textOf(part["delta"]));
    if (part["type"] !== "reasoning-end") return true;
    this.#reasoned.delete(id);
    return this.#prove(words);
  }

  #prove(words: PackageWords): true {
    const signature = writeProof("reasoning", words, this.#seal);
    if (signature === null) return true;
    this.start({});
    this.#sink.event({ type: "reasoning", text: "", signature });
    return true;
  }

  #startCall(part: JsonObject, id: string): boolean {
    // Tools that the provider runs are none of the client's.
    if (part["providerExecuted"] === true) return true;
    const name = textOf(part["toolName"]);
    if (id === "" || name === "" || this.#calls.has(id)) return false;
    this.start({});
    const words = packageWords(part["providerMetadata"]);
    const signature = writeProof("call", words, this.#seal);
    if (signature !== null) this.#sink.event({ type: "reasoning", text: "", signature });
    const index = this.#calls.size;
    this.#calls.set(id, { index, saysNothing: true, isOver: false });
    this.#sink.event({ type: "toolStart", index, id, name });
    return true;
  }

  #say(id: string, text: string): boolean {
    const call = this.#calls.get(id);
    if (call === undefined || call.isOver) return false;
    if (text === "") return true;
    call.saysNothing = false;
    this.#sink.event({ type: "toolDelta", index: call.index, arguments: text });
    return true;
  }

  /** The call as a whole: all of it, or once more what has been said piece by piece. */
  #call(part: JsonObject): boolean {
    const id = textOf(part["toolCallId"]);
    if (!this.#calls.has(id) && !this.#startCall(part, id)) return false;
    const call = this.#calls.get(id);
    if (call === undefined || call.isOver) return true;
    if (call.saysNothing) this.#say(id, textOf(part["input"]) || "{}");
    this.#endCall(call);
    return true;
  }

  #endCall(call: OpenCall): void {
    if (call.isOver) return;
    call.isOver = true;
    this.#sink.event({ type: "toolEnd", index: call.index });
  }

  /** In OpenAI's words, which every surface knows: a page, and no place in the answer. */
  #cite({ sourceType, url, title }: JsonObject): boolean {
    if (sourceType !== "url" || typeof url !== "string") return false;
    this.start({});
    const page = { url, title: textOf(title), start_index: 0, end_index: 0 };
    this.#sink.event({
      type: "citation",
      citation: { type: "url_citation", url_citation: page },
    });
    return true;
  }
}

/** Parts that say nothing by themselves. */
const silent: ReadonlySet<unknown> = new Set([
  "text-start",
  "text-end",
  "tool-input-end",
  "tool-result",
  "raw",
]);
