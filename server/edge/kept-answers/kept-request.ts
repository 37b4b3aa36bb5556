import { Buffer } from "node:buffer";
import type { Arrival } from "@sekisho/gateway/arrival.ts";
import type { Call } from "@sekisho/gateway/call.ts";
import type { AnyHead } from "@sekisho/gateway/request.ts";
import { readerOf, type Principal } from "@sekisho/gateway/principal.ts";
import { streamIdOf } from "@sekisho/gateway/responses/stream-place.ts";
import { entriesOf, type Streams } from "@sekisho/gateway/responses/streams.ts";
import type { FoundStream } from "@sekisho/gateway/responses/found-stream.ts";
import type { KeptFacts } from "@sekisho/gateway/responses/stream-store.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { isObject } from "@sekisho/wire/field-rules.ts";
import { outputOf } from "@sekisho/wire/responses/encode-kept.ts";
import { responseIdPrefix } from "@sekisho/wire/responses/id-prefix.ts";
import { inputItemsOf } from "@sekisho/wire/responses/responses-request.ts";
import { contextOf } from "./recorded-stream.ts";

const surface = "openai.responses";
/** A conversation of more answers is begun anew by its client. */
const chainLimit = 200;
/** A body of a few bytes may not fill the memory: what it names is read and written in one go. */
const namedBytesLimit = 8 * 1_048_576;

/** What a body that names answers names them by; others are not looked into. */
const names = ['"previous_response_id"', '"background"', '"item_reference"'];

type Item = Readonly<Record<string, unknown>>;

/**
 * What a request for a response says of answers that are kept: those it goes on from, and whether
 * its own is one of them. The conversation before it is put into its body.
 */
export class KeptRequest {
  readonly #streams: Streams;
  readonly #asks: () => Principal | null;
  readonly #needsRoom: boolean;
  /** Of answers that the body names, by their ids. */
  readonly #found = new Map<string, FoundStream | null>();
  readonly #outputs = new Map<string, readonly object[]>();
  #namedBytes = 0;
  #own: Pick<KeptFacts, "isBackground" | "previous" | "input"> | null = null;

  /** `needsRoom`: no request of the same name can have been answered before. */
  constructor(streams: Streams, asks: () => Principal | null, needsRoom: boolean) {
    this.#needsRoom = needsRoom;
    this.#streams = streams;
    this.#asks = asks;
  }

  /** Whether answers of a surface may be kept. */
  static isFor(name: string): boolean {
    return name === surface;
  }

  get isBackground(): boolean {
    return this.#own?.isBackground === true;
  }

  /** The arrival with the conversation in its body. */
  arriving<Head extends AnyHead>(arrival: Arrival<Head>): Arrival<Head> {
    // It is asked for responses alone: this is their head.
    const said = { surface, expand: this.expand } as AnyHead as Head;
    return { ...arrival, said: () => said };
  }

  /** Null where the answer is not to be kept. */
  factsOf({ request, shortened }: Pick<Call, "request" | "shortened">): KeptFacts | null {
    // Who goes on from the answer goes on from all that was asked.
    const asked = shortened?.asked ?? request;
    if (asked.surface !== surface) return null;
    const { read } = asked;
    if (!read.stores && !this.isBackground) return null;
    return this.#own ?? { isBackground: false, previous: null, input: read.inputItems() };
  }

  /** Throws Failure for an answer that is not there, or not over. */
  readonly expand = (body: Buffer): Buffer => {
    this.#checkRoom(body);
    if (!names.some((name) => body.includes(name))) return body;
    const said = parsed(body);
    // Not ours to refuse: whoever reads it does.
    if (said === null) return body;
    const { previous_response_id: previous = null, background = null, input, ...rest } = said;
    const isBackground = background === true;
    if ((previous !== null && typeof previous !== "string") || !isFlag(background)) return body;
    if (isBackground && rest["store"] === false) {
      throw refused("background", "an answer in the background is kept, and store is false");
    }
    try {
      const items = inputItemsOf(input ?? []).map((item) => this.#dereferenced(item));
      this.#own = { isBackground, previous, input: items };
      const before = previous === null ? [] : this.#conversation(previous);
      return Buffer.from(JSON.stringify({ ...rest, input: [...before, ...items] }));
    } finally {
      this.#forget();
    }
  };

  /** Before anything is reserved for an answer for which there is no room. */
  #checkRoom(body: Buffer): void {
    if (!this.#needsRoom || !this.#streams.isFull) return;
    const said = parsed(body);
    if (said?.["store"] === true || said?.["background"] === true) this.#streams.checkRoom();
  }

  /** It may be asked again for the same body, and what it read is not held for a whole answer. */
  #forget(): void {
    this.#found.clear();
    this.#outputs.clear();
    this.#namedBytes = 0;
  }

  /** What was asked and said up to that answer, oldest first. */
  #conversation(last: string): object[] {
    const turns: object[][] = [];
    for (let id: string | null = last; id !== null;) {
      if (turns.length >= chainLimit) {
        throw refused("previous_response_id", `it is behind more than ${chainLimit} others`);
      }
      const found = this.#find(id);
      const { kept } = found.head.facts;
      turns.unshift([...this.#counted(kept?.input ?? []), ...this.#outputOf(found)]);
      id = kept?.previous ?? null;
    }
    return turns.flat();
  }

  /** Many references may stand for items of one answer: it is read once. */
  #outputOf(found: FoundStream): readonly object[] {
    const { id } = found.head;
    const output = this.#outputs.get(id) ?? this.#counted(this.#readOutputOf(found));
    this.#outputs.set(id, output);
    return output;
  }

  /** Throws Failure where all that is named becomes too much. */
  #counted<Items extends readonly object[]>(items: Items): Items {
    this.#namedBytes += Buffer.byteLength(JSON.stringify(items));
    if (this.#namedBytes <= namedBytesLimit) return items;
    const size = `${this.#namedBytes} bytes, limit ${namedBytesLimit}`;
    const message = `Cannot go on from what was said before: it has at least ${size}`;
    throw new Failure<Code>("payload_too_large", message, { param: "previous_response_id" });
  }

  #readOutputOf(found: FoundStream): readonly object[] {
    if (!found.log.ended) {
      throw new Failure<Code>("conflict", "Cannot go on from the response: it is under way", {
        param: "previous_response_id",
      });
    }
    const entries = entriesOf(found.log) ?? [];
    const events = entries.flatMap(({ payload }): CanonicalEvent[] =>
      Buffer.isBuffer(payload) ? [] : [payload],
    );
    return outputOf(events, contextOf(found, { idPrefix: responseIdPrefix }));
  }

  /** An item's id says which answer it is of. */
  #dereferenced(item: object): object {
    const { type, id } = item as Item; // any object has members
    if (type !== "item_reference" || typeof id !== "string") return item;
    const [, body = ""] = /^(?:msg|rs|fc)_([0-9a-z]{26})_\d+$/.exec(id) ?? [];
    const principal = this.#asks();
    const found = principal === null ? null : this.#foundOr(body, principal);
    const items = found?.head.facts.kept === undefined ? [] : this.#outputOf(found);
    const named = items.find((each) => (each as Item)["id"] === id); // as above
    if (named !== undefined) {
      this.#counted([named]);
      return named;
    }
    const why = "its answer was not kept (store: true), or no longer; send the item itself";
    const hint = "AI SDK: providerOptions.openai.store";
    throw new Failure<Code>(
      "not_found",
      `Cannot find the item "${id.slice(0, 80)}": ${why} (${hint})`,
      {
        param: "input",
      },
    );
  }

  #find(id: string): FoundStream {
    const principal = this.#asks();
    const body = streamIdOf(id.startsWith(responseIdPrefix) ? id.slice(5) : "");
    const message = `Cannot find the response "${id.slice(0, 64)}"`;
    if (body === null || principal === null) throw unknown(message);
    const found = this.#foundOr(body, principal);
    if (found?.head.facts.kept === undefined) throw unknown(message);
    return found;
  }

  /** Null where it is not there, or not this client's. */
  #foundOr(body: string, principal: Principal): FoundStream | null {
    const known = this.#found.get(body);
    if (known !== undefined) return known;
    if (this.#found.size >= chainLimit) {
      throw refused("input", `it names more than ${chainLimit} answers`);
    }
    const found = this.#lookedUp(body, principal);
    this.#found.set(body, found);
    return found;
  }

  #lookedUp(body: string, principal: Principal): FoundStream | null {
    try {
      return this.#streams.find(body, readerOf(principal));
    } catch (error) {
      if (error instanceof Failure && error.code === "not_found") return null;
      throw error;
    }
  }
}

const isFlag = (value: unknown): boolean => value === null || typeof value === "boolean";

function parsed(body: Buffer): Item | null {
  try {
    const json: unknown = JSON.parse(body.toString("utf8"));
    return isObject(json) ? json : null;
  } catch {
    return null;
  }
}

const refused = (param: string, why: string): Failure<Code> =>
  new Failure<Code>("invalid_value", `Cannot serve the response: ${why}`, { param });

const unknown = (message: string): Failure<Code> =>
  new Failure<Code>("not_found", message, { param: "previous_response_id" });
