import type { CanonicalRequest, MediaSource, Message, Part } from "../canonical/request.ts";
import { isObject } from "../field-rules.ts";
import { ok, refuse, type Parsed, type Refusal } from "../result.ts";
import { callPart, textPart } from "./answer-words.ts";
import { demandsSignatures, unsignedCall } from "./model-traits.ts";
import { writeRedacted } from "./proof.ts";

export type Unwritable = Refusal<"unsupported_by_target">;
type Written<T> = Parsed<T, "unsupported_by_target">;

export const unwritable = (path: string, what: string): Unwritable =>
  refuse("unsupported_by_target", path, `Cannot write the request: ${what}`);

type PartOf<K extends Part["kind"]> = Extract<Part, { kind: K }>;

/** What one side says until the other does, its parts as JSON. */
interface Turn {
  readonly role: "user" | "model";
  /** The results of functions have a turn to themselves: right behind the calls. */
  readonly isResults: boolean;
  readonly parts: string[];
}

const withSignature = (json: string, signature: string): string =>
  `${json.slice(0, -1)},"thoughtSignature":${JSON.stringify(signature)}}`;

/** Puts messages of any order into turns. */
class TurnList {
  readonly turns: Turn[] = [];
  readonly #demandsSignatures: boolean;
  /** Names of the functions that were called, by the ids of the calls: results repeat them. */
  readonly #names = new Map<string, string>();

  constructor(model: string) {
    this.#demandsSignatures = demandsSignatures(model);
  }

  add(message: Message): Unwritable | null {
    return message.role === "assistant" ? this.#answer(message.parts) : this.#asked(message.parts);
  }

  #turn(role: Turn["role"], isResults = false): Turn {
    const last = this.turns.at(-1);
    if (last?.role === role && last.isResults === isResults) return last;
    const turn = { role, isResults, parts: [] };
    this.turns.push(turn);
    return turn;
  }

  #asked(parts: readonly Part[]): Unwritable | null {
    for (const part of parts) {
      if (part.kind !== "toolResult") continue;
      const written = this.#result(part);
      if (!written.ok) return written;
      this.#turn("user", true).parts.push(written.value);
    }
    for (const part of parts) {
      if (part.kind === "toolResult") continue;
      const written = writePart(part);
      if (written === null) continue;
      if (!written.ok) return written;
      this.#turn("user").parts.push(written.value);
    }
    return null;
  }

  /** A signature stands on what was said behind the thought that it signs. */
  #answer(parts: readonly Part[]): Unwritable | null {
    let signature = "";
    let calls = 0;
    const said: string[] = [];
    for (const part of parts) {
      if (part.kind === "reasoning") {
        const { redacted } = part;
        signature = redacted === undefined ? (part.signature ?? "") : writeRedacted(redacted);
        continue;
      }
      const written = part.kind === "toolCall" ? this.#call(part) : writePart(part);
      if (written === null) continue;
      if (!written.ok) return written;
      calls += part.kind === "toolCall" ? 1 : 0;
      const isFirstCall = part.kind === "toolCall" && calls === 1;
      if (signature === "" && isFirstCall && this.#demandsSignatures) signature = unsignedCall;
      said.push(signature === "" ? written.value : withSignature(written.value, signature));
      signature = "";
    }
    if (signature !== "") said.push(withSignature(textPart(""), signature));
    if (said.length > 0) this.#turn("model").parts.push(...said);
    return null;
  }

  #call({ id, name, arguments: text }: PartOf<"toolCall">): Written<string> {
    this.#names.set(id, name);
    const args = text.trim() === "" ? "{}" : text;
    return isJsonObject(args)
      ? ok(callPart(id, name, args))
      : unwritable("messages", "the arguments of a tool call are no JSON object");
  }

  #result({ id, parts, isError }: PartOf<"toolResult">): Written<string> {
    const name = this.#names.get(id);
    if (name === undefined) {
      return unwritable("messages", "a tool's result stands behind no call of it");
    }
    const texts: string[] = [];
    for (const part of parts) {
      if (part.kind === "text") texts.push(part.text);
      else if (part.kind === "image" || part.kind === "document") {
        return unwritable("messages", "this dialect has only text in tool results");
      }
    }
    const text = texts.join("\n");
    const isWhole = isError !== true && isJsonObject(text);
    const said = JSON.stringify({ [isError === true ? "error" : "output"]: text });
    const head = JSON.stringify({ id, name }).slice(0, -1);
    return ok(`{"functionResponse":${head},"response":${isWhole ? text : said}}}`);
  }
}

function isJsonObject(text: string): boolean {
  try {
    return isObject(JSON.parse(text));
  } catch {
    return false;
  }
}

/** Null for what has no words here and only tunes. */
function writePart(part: Part): Written<string> | null {
  switch (part.kind) {
    case "text":
    case "refusal":
      return part.text === "" ? null : ok(textPart(part.text));
    case "image":
      return writeMedia(part.source, "image");
    case "document":
      return writeMedia(part.source, "document");
    case "toolCall":
    case "toolResult":
    case "reasoning":
    case "cachePoint":
      return null;
  }
}

const readTypes = /^(?:image\/|text\/|application\/(?:pdf|json|xml|rtf)$)/;

function writeMedia(source: MediaSource, what: "image" | "document"): Written<string> {
  switch (source.kind) {
    case "base64": {
      const mimeType = source.mediaType === "image/jpg" ? "image/jpeg" : source.mediaType;
      if (!readTypes.test(mimeType)) {
        return unwritable("messages", "this dialect reads documents of PDF and of text alone");
      }
      return ok(JSON.stringify({ inlineData: { mimeType, data: source.data } }));
    }
    case "file":
      return ok(JSON.stringify({ fileData: { fileUri: source.id } }));
    case "url":
      // The table of carriage has it fetched first.
      return unwritable("messages", `the ${what} stands behind a URL that nobody has fetched`);
  }
}

/** The conversation as this dialect writes it. */
export function writeContents(
  { messages }: CanonicalRequest,
  model: string,
): Parsed<string[], "unsupported_by_target"> {
  const list = new TurnList(model);
  for (const message of messages) {
    const refused = list.add(message);
    if (refused !== null) return refused;
  }
  if (list.turns.length === 0) {
    return unwritable("messages", "nothing is said in it that this dialect has words for");
  }
  return ok(list.turns.map(({ role, parts }) => `{"role":"${role}","parts":[${parts.join(",")}]}`));
}
