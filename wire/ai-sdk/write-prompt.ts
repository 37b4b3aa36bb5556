import { Buffer } from "node:buffer";

import type { CanonicalRequest, MediaSource, Message, Part } from "../canonical/request.ts";
import { isObject, type JsonObject } from "../field-rules.ts";
import { jsonOf } from "../framing/json-of.ts";
import { ok, refuse, type Parsed, type Refusal } from "../result.ts";
import type {
  PackageWords,
  PromptCall,
  PromptFile,
  PromptMessage,
  PromptReasoning,
  PromptResult,
  PromptText,
} from "./call-options.ts";
import { type ProofSeal, readProof } from "./proof.ts";

export type Unwritable = Refusal<"unsupported_by_target">;
type Written<T> = Parsed<T, "unsupported_by_target">;
type PartOf<K extends Part["kind"]> = Extract<Part, { kind: K }>;

export const unwritable = (path: string, what: string): Unwritable =>
  refuse("unsupported_by_target", path, `Cannot write the request: ${what}`);

export interface WrittenPrompt {
  readonly prompt: readonly PromptMessage[];
  /** Was reasoning left out that no package has signed? */
  readonly leftOutSigned: boolean;
}

/** Puts messages of any order into those of a prompt. */
class PromptWriter {
  readonly messages: PromptMessage[] = [];
  leftOutSigned = false;
  /** Names of the tools that were called, by the ids of the calls: results repeat them. */
  readonly #names = new Map<string, string>();
  readonly #seal: ProofSeal;

  constructor(seal: ProofSeal) {
    this.#seal = seal;
  }

  add({ role, parts }: Message): Unwritable | null {
    if (role === "assistant") return this.#answer(parts);
    if (role === "system") {
      this.#say({ role, content: textsOf(parts).join("\n\n") });
      return null;
    }
    return this.#results(parts) ?? this.#asked(parts);
  }

  #say(message: PromptMessage): void {
    if (message.content.length > 0) this.messages.push(message);
  }

  #results(parts: readonly Part[]): Unwritable | null {
    const results: PromptResult[] = [];
    for (const part of parts) {
      if (part.kind !== "toolResult") continue;
      const written = this.#result(part);
      if (!written.ok) return written;
      results.push(written.value);
    }
    const last = this.messages.at(-1);
    // The results of calls side by side are one message.
    if (last?.role !== "tool") this.#say({ role: "tool", content: results });
    else if (results.length > 0) {
      this.messages[this.messages.length - 1] = {
        role: "tool",
        content: [...last.content, ...results],
      };
    }
    return null;
  }

  #result({ id, parts, isError }: PartOf<"toolResult">): Written<PromptResult> {
    const name = this.#names.get(id);
    if (name === undefined) {
      return unwritable("messages", "a tool's result stands behind no call of it");
    }
    if (parts.some(({ kind }) => kind === "image" || kind === "document")) {
      return unwritable("messages", "a package is told only text as the result of a tool");
    }
    return ok({
      type: "tool-result",
      toolCallId: id,
      toolName: name,
      output: {
        type: isError === true ? "error-text" : "text",
        value: textsOf(parts).join("\n"),
      },
    });
  }

  #asked(parts: readonly Part[]): Unwritable | null {
    const content: (PromptText | PromptFile)[] = [];
    for (const part of parts) {
      const written = writeAsked(part);
      if (written === null) continue;
      if (!written.ok) return written;
      content.push(written.value);
    }
    this.#say({ role: "user", content });
    return null;
  }

  #answer(parts: readonly Part[]): Unwritable | null {
    const content: (PromptText | PromptReasoning | PromptCall)[] = [];
    let callWords: PackageWords | null = null;
    for (const part of parts) {
      if (part.kind === "reasoning") {
        const proof = readProof(part.signature ?? "", this.#seal);
        if (proof === null) this.leftOutSigned ||= isSigned(part);
        else if (proof.of === "call") callWords = proof.words;
        else content.push({ type: "reasoning", text: part.text, providerOptions: proof.words });
      } else if (part.kind === "toolCall") {
        const call = this.#call(part, callWords);
        if (!call.ok) return call;
        callWords = null;
        content.push(call.value);
      } else if ((part.kind === "text" || part.kind === "refusal") && part.text !== "") {
        content.push({ type: "text", text: part.text });
      }
    }
    this.#say({ role: "assistant", content });
    return null;
  }

  #call(
    { id, name, arguments: text }: PartOf<"toolCall">,
    words: PackageWords | null,
  ): Written<PromptCall> {
    this.#names.set(id, name);
    const input = text.trim() === "" ? {} : jsonObject(text);
    if (input === null) {
      return unwritable("messages", "the arguments of a tool call are no JSON object");
    }
    return ok({
      type: "tool-call",
      toolCallId: id,
      toolName: name,
      input,
      ...(words === null ? {} : { providerOptions: words }),
    });
  }
}

const isSigned = ({ signature, redacted }: PartOf<"reasoning">): boolean =>
  signature !== undefined || redacted !== undefined;

const textsOf = (parts: readonly Part[]): string[] =>
  parts.flatMap((part) => (part.kind === "text" && part.text !== "" ? [part.text] : []));

function jsonObject(text: string): JsonObject | null {
  const value = jsonOf(Buffer.from(text));
  return isObject(value) ? value : null;
}

/** Null for what has no words here and only tunes. */
function writeAsked(part: Part): Written<PromptText | PromptFile> | null {
  switch (part.kind) {
    case "text":
    case "refusal":
      return part.text === "" ? null : ok({ type: "text", text: part.text });
    case "image":
      return writeFile(part.source);
    case "document":
      return writeFile(part.source, part.name);
    case "toolCall":
    case "toolResult":
    case "reasoning":
    case "cachePoint":
      return null;
  }
}

function writeFile(source: MediaSource, filename?: string): Written<PromptFile> {
  if (source.kind === "file") {
    return unwritable("messages", "a package is told of no file that a provider keeps");
  }
  // The table of carriage has it fetched first.
  if (source.kind === "url") {
    return unwritable("messages", "a file stands behind a URL that nobody has fetched");
  }
  const mediaType = source.mediaType === "image/jpg" ? "image/jpeg" : source.mediaType;
  return ok({
    type: "file",
    mediaType,
    ...(filename === undefined ? {} : { filename }),
    data: { type: "data", data: source.data },
  });
}

/** The conversation as packages read it. */
export function writePrompt(
  { system, messages }: CanonicalRequest,
  seal: ProofSeal,
): Parsed<WrittenPrompt, "unsupported_by_target"> {
  const writer = new PromptWriter(seal);
  const instructions = textsOf(system).join("\n\n");
  for (const message of messages) {
    const refused = writer.add(message);
    if (refused !== null) return refused;
  }
  if (writer.messages.length === 0) {
    return unwritable("messages", "nothing is said in it that a package has words for");
  }
  return ok({
    prompt:
      instructions === ""
        ? writer.messages
        : [{ role: "system", content: instructions }, ...writer.messages],
    leftOutSigned: writer.leftOutSigned,
  });
}
