import { carriedCallId } from "../canonical/call-id.ts";
import type { Dialect, Part, ReasoningPart, TextPart } from "../canonical/request.ts";
import { isObject } from "../field-rules.ts";
import { ok, refuse, type Parsed, type Refusal } from "../result.ts";
import type { CachePoints } from "./cache-points.ts";
import { formatOf, type MediaKind } from "./media-formats.ts";
import type { ModelTraits } from "./model-traits.ts";

export type Unwritable = Refusal<"unsupported_by_target">;
export type Written<T> = Parsed<T, "unsupported_by_target">;

export const unwritable = (path: string, what: string): Unwritable =>
  refuse("unsupported_by_target", path, `Cannot write the request: ${what}`);

type PartOf<K extends Part["kind"]> = Extract<Part, { kind: K }>;

/** A content block as JSON: arguments of calls keep their number literals (WIR-10). */
export interface WrittenBlock {
  readonly kind: Part["kind"];
  readonly json: string;
}

/** Longer ids of tool calls are replaced; models of several makers take these alone. */
const maxCallIdLength = 64;
const maxNameLength = 200;

export interface BlockWriterParts {
  /** The one that the request came in. */
  readonly dialect: Dialect;
  readonly traits: ModelTraits;
  readonly cachePoints: CachePoints;
}

/** Writes parts as content blocks; what has no words here and only tunes is left out (WIR-13). */
export class BlockWriter {
  readonly #dialect: Dialect;
  readonly #traits: ModelTraits;
  readonly #cachePoints: CachePoints;
  readonly #names = new Set<string>();

  constructor({ dialect, traits, cachePoints }: BlockWriterParts) {
    this.#dialect = dialect;
    this.#traits = traits;
    this.#cachePoints = cachePoints;
  }

  write(parts: readonly Part[]): Written<WrittenBlock[]> {
    const blocks: WrittenBlock[] = [];
    for (const part of parts) {
      const json = this.#part(part, blocks.length === 0);
      if (json === null) continue;
      if (!json.ok) return json;
      blocks.push({ kind: part.kind, json: json.value });
    }
    return ok(blocks);
  }

  #part(part: Part, isFirst: boolean): Written<string> | null {
    switch (part.kind) {
      case "text":
        return this.#text(part);
      case "refusal":
        return textBlock(part.text);
      case "image":
        return writeMedia("image", part);
      case "document":
        return this.#document(part);
      case "toolCall":
        return writeToolCall(part);
      case "toolResult":
        return this.#toolResult(part);
      case "reasoning":
        return this.#reasoning(part);
      case "cachePoint": {
        const json = this.#cachePoints.json(part, "content");
        // There may be nothing before it to keep.
        return isFirst || json === null ? null : ok(json);
      }
    }
  }

  #text({ text, citations }: TextPart): Written<string> | null {
    if (citations === undefined || this.#dialect !== "bedrock") return textBlock(text);
    return ok(JSON.stringify({ citationsContent: { content: [{ text }], citations } }));
  }

  #document(part: PartOf<"document">): Written<string> {
    const { name = "", context, citations } = part;
    return writeMedia("document", part, {
      name: this.#nameOf(name),
      ...(context === undefined ? {} : { context }),
      ...(citations === undefined ? {} : { citations: { enabled: true } }),
    });
  }

  /** Names are of few characters, and no two documents of a request may share one. */
  #nameOf(name: string): string {
    const plain = name
      .replaceAll(/[^\w\s()[\]-]|_/g, " ")
      .replaceAll(/\s+/g, " ")
      .trim();
    const stem = plain === "" ? "document" : plain.slice(0, maxNameLength - 8).trim();
    let found = stem;
    for (let count = 2; this.#names.has(found); count += 1) found = `${stem} ${count}`;
    this.#names.add(found);
    return found;
  }

  #toolResult({ id, parts, isError }: PartOf<"toolResult">): Written<string> {
    const content = this.write(parts.filter((part) => part.kind !== "cachePoint"));
    if (!content.ok) return content;
    const blocks = content.value.map(({ json }) => json);
    const isMarked = isError === true && this.#traits.takesToolStatus;
    // A failure without a word is refused.
    if (isMarked && blocks.length === 0) blocks.push('{"text":"error"}');
    const status = isMarked ? ',"status":"error"' : "";
    const head = `"toolUseId":${JSON.stringify(carriedCallId(id, maxCallIdLength))}`;
    return ok(`{"toolResult":{${head},"content":[${blocks.join(",")}]${status}}}`);
  }

  /** Signed and encrypted reasoning goes back whole; the rest only to whom it came from. */
  #reasoning({ text, signature, redacted }: ReasoningPart): Written<string> | null {
    const block = (reasoningContent: object): Written<string> =>
      ok(JSON.stringify({ reasoningContent }));
    if (redacted !== undefined) return block({ redactedContent: redacted });
    if (signature !== undefined) return block({ reasoningText: { text, signature } });
    const isOwn = this.#dialect === "bedrock" && !this.#traits.signsReasoning;
    return isOwn && text.trim() !== "" ? block({ reasoningText: { text } }) : null;
  }
}

/** A blank text is an error here, and says nothing. */
const textBlock = (text: string): Written<string> | null =>
  text.trim() === "" ? null : ok(JSON.stringify({ text }));

function writeMedia(
  kind: MediaKind,
  { source }: PartOf<MediaKind>,
  members: object = {},
): Written<string> {
  if (source.kind === "url") {
    return unwritable("messages", `Converse takes the bytes of ${kind}s, not their URLs`);
  }
  if (source.kind === "file") {
    return unwritable("messages", "it names a file that another provider keeps");
  }
  const format = formatOf(kind, source.mediaType);
  if (format === null) {
    return unwritable("messages", `Converse takes no ${kind} of the type that one of them has`);
  }
  return ok(JSON.stringify({ [kind]: { format, ...members, source: { bytes: source.data } } }));
}

/** Arguments are an object here, and stay as they were written. */
function writeToolCall({ id, name, arguments: text }: PartOf<"toolCall">): Written<string> {
  const input = text.trim() === "" ? "{}" : text;
  if (!isJsonObject(input)) {
    return unwritable("messages", "the arguments of a tool call are no JSON object");
  }
  const head = JSON.stringify({ toolUseId: carriedCallId(id, maxCallIdLength), name });
  return ok(`{"toolUse":${head.slice(0, -1)},"input":${input}}}`);
}

function isJsonObject(text: string): boolean {
  try {
    return isObject(JSON.parse(text));
  } catch {
    return false;
  }
}
