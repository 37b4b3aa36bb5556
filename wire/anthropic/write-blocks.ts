import { Buffer } from "node:buffer";

import { carriedCallId } from "../canonical/call-id.ts";
import type { Dialect, MediaSource, Part, ReasoningPart, TextPart } from "../canonical/request.ts";
import { isObject } from "../field-rules.ts";
import { ok, refuse, type Parsed, type Refusal } from "../result.ts";
import { maxCallIdLength } from "./claude/model-traits.data.ts";
import { membersOf, WrittenBlock } from "./written-block.ts";

export type Unwritable = Refusal<"unsupported_by_target">;
type Written<T> = Parsed<T, "unsupported_by_target">;

export const unwritable = (path: string, what: string): Unwritable =>
  refuse("unsupported_by_target", path, `Cannot write the request: ${what}`);

type PartOf<K extends Part["kind"]> = Extract<Part, { kind: K }>;

const block = (members: object): Written<WrittenBlock> => ok(new WrittenBlock(membersOf(members)));

/** Writes parts as blocks; what has no words here and only tunes is left out (WIR-13). */
export class BlockWriter {
  readonly #dialect: Dialect;

  /** `dialect` is the one that the request came in. */
  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  write(parts: readonly Part[]): Written<WrittenBlock[]> {
    const blocks: WrittenBlock[] = [];
    for (const part of parts) {
      if (part.kind === "cachePoint") {
        const marked = blocks.findLast((made) => made.mayCache);
        if (marked !== undefined) marked.cache = part.ttl;
        continue;
      }
      const written = this.#part(part);
      if (written === null) continue;
      if (!written.ok) return written;
      blocks.push(written.value);
    }
    return ok(blocks);
  }

  #part(part: Exclude<Part, { kind: "cachePoint" }>): Written<WrittenBlock> | null {
    switch (part.kind) {
      case "text":
        return this.#text(part);
      case "refusal":
        return part.text === "" ? null : block({ type: "text", text: part.text });
      case "image": {
        const source = this.#source(part.source);
        return source.ok ? block({ type: "image", source: source.value }) : source;
      }
      case "document":
        return this.#document(part);
      case "toolCall":
        return writeToolCall(part);
      case "toolResult":
        return this.#toolResult(part);
      case "reasoning":
        return writeReasoning(part);
    }
  }

  /** An empty text is an error here, and says nothing. */
  #text({ text, citations }: TextPart): Written<WrittenBlock> | null {
    if (text === "") return null;
    const isOwn = citations !== undefined && this.#dialect === "anthropic";
    return block(isOwn ? { type: "text", text, citations } : { type: "text", text });
  }

  #source(source: MediaSource): Written<object> {
    switch (source.kind) {
      case "url":
        return ok({ type: "url", url: source.url });
      case "base64": {
        const mediaType = source.mediaType === "image/jpg" ? "image/jpeg" : source.mediaType;
        return ok({ type: "base64", media_type: mediaType, data: source.data });
      }
      case "file":
        return this.#dialect === "anthropic"
          ? ok({ type: "file", file_id: source.id })
          : unwritable("messages", "it names a file that another provider keeps");
    }
  }

  #document(part: PartOf<"document">): Written<WrittenBlock> {
    const source = this.#documentSource(part.source);
    if (!source.ok) return source;
    const { name: title, context, citations } = part;
    return block({
      type: "document",
      source: source.value,
      ...(title === undefined ? {} : { title }),
      ...(context === undefined ? {} : { context }),
      ...(citations === undefined ? {} : { citations: { enabled: true } }),
    });
  }

  #documentSource(source: MediaSource): Written<object> {
    if (source.kind !== "base64" || source.mediaType === "application/pdf") {
      return this.#source(source);
    }
    if (!source.mediaType.startsWith("text/")) {
      return unwritable("messages", "this dialect reads documents of PDF and of text alone");
    }
    const data = Buffer.from(source.data, "base64").toString("utf8");
    return ok({ type: "text", media_type: "text/plain", data });
  }

  #toolResult({ id, parts, isError }: PartOf<"toolResult">): Written<WrittenBlock> {
    const inner = this.write(parts);
    if (!inner.ok) return inner;
    const head = membersOf({
      type: "tool_result",
      tool_use_id: carriedCallId(id, maxCallIdLength),
      ...(isError === undefined ? {} : { is_error: true }),
    });
    const content = inner.value.map((made) => made.json).join(",");
    const members = content === "" ? head : `${head},"content":[${content}]`;
    return ok(new WrittenBlock(members, "result"));
  }
}

/** Arguments are an object here, and stay as they were written. */
function writeToolCall({ id, name, arguments: text }: PartOf<"toolCall">): Written<WrittenBlock> {
  const input = text.trim() === "" ? "{}" : text;
  if (!isJsonObject(input)) {
    return unwritable("messages", "the arguments of a tool call are no JSON object");
  }
  const carriedId = carriedCallId(id, maxCallIdLength);
  const head = membersOf({ type: "tool_use", id: carriedId, name });
  return ok(new WrittenBlock(`${head},"input":${input}`));
}

function isJsonObject(text: string): boolean {
  try {
    return isObject(JSON.parse(text));
  } catch {
    return false;
  }
}

function writeReasoning({
  text,
  signature,
  redacted,
}: ReasoningPart): Written<WrittenBlock> | null {
  if (redacted !== undefined) {
    const members = membersOf({ type: "redacted_thinking", data: redacted });
    return ok(new WrittenBlock(members, "thinking"));
  }
  if (signature === undefined) return null;
  const members = membersOf({ type: "thinking", thinking: text, signature });
  return ok(new WrittenBlock(members, "thinking"));
}
