import type { MediaSource, Message, Part, ReasoningPart } from "../canonical/request.ts";
import { ok, refuse, type Parsed, type Refusal } from "../result.ts";
import type {
  Blob,
  Content,
  ContentPart,
  FileData,
  FunctionCall,
  FunctionResponse,
} from "./generate-body.ts";
import { readProof } from "./proof.ts";

export type Unsupported = Refusal<"unsupported_by_target">;
export type Translated<T> = Parsed<T, "unsupported_by_target">;

export const unsupported = (path: string): Unsupported =>
  refuse(
    "unsupported_by_target",
    path,
    `Cannot translate the request: only a target of Gemini carries "${path}"`,
  );

interface OpenCall {
  readonly id: string;
  readonly name: string;
}

/** `contents`; refuses sound, moving pictures and what only code of Google's has run. */
export function toMessages(contents: readonly Content[]): Translated<Message[]> {
  const reader = new ContentReader();
  const messages: Message[] = [];
  for (const [index, { role, parts }] of contents.entries()) {
    const read = reader.parts(parts ?? [], `contents.[${index}].parts`);
    if (!read.ok) return read;
    messages.push({ role: role === "model" ? "assistant" : "user", parts: read.value });
  }
  return ok(messages);
}

/** Calls and their results may come without ids: they belong together by name and order. */
class ContentReader {
  #calls = 0;
  #open: OpenCall[] = [];

  parts(parts: readonly ContentPart[], path: string): Translated<Part[]> {
    const made: Part[] = [];
    for (const [index, part] of parts.entries()) {
      const place = `${path}.[${index}]`;
      const { thoughtSignature: signature } = part;
      if (part.thought === true) addThought(made, part);
      else {
        if (typeof signature === "string" && signature !== "") sign(made, signature);
        const read = this.#part(part, place);
        if (!read.ok) return read;
        if (read.value !== null) made.push(read.value);
      }
    }
    return ok(made);
  }

  /** Null for a part that carries a signature and says nothing. */
  #part(part: ContentPart, path: string): Translated<Part | null> {
    const { text, inlineData, fileData, functionCall, functionResponse } = part;
    if (functionCall) return ok(this.#call(functionCall));
    if (functionResponse) return this.#result(functionResponse, `${path}.functionResponse`);
    if (inlineData) return toMedia(inlineData, `${path}.inlineData`);
    if (fileData) return toFile(fileData, `${path}.fileData`);
    if (typeof text !== "string") return unsupported(path);
    return ok(text === "" && part.thoughtSignature ? null : { kind: "text", text });
  }

  #call({ id, name, args }: FunctionCall): Part {
    this.#calls += 1;
    const call = { id: id || `call_${this.#calls}`, name };
    this.#open.push(call);
    return { kind: "toolCall", ...call, arguments: JSON.stringify(args ?? {}) };
  }

  #result(result: FunctionResponse, path: string): Translated<Part> {
    const { id: given, name, response, parts: media } = result;
    const call = this.#open.find((open) => (given ? open.id === given : open.name === name));
    const id = given || call?.id;
    if (id === undefined) return unsupported(`${path}.name`);
    this.#open = this.#open.filter((open) => open !== call);
    const inner = this.parts(media ?? [], `${path}.parts`);
    if (!inner.ok) return inner;
    const { text, isError } = said(response ?? {});
    const parts: Part[] = [{ kind: "text", text }, ...inner.value];
    return ok({ kind: "toolResult", id, parts, ...(isError ? { isError } : {}) });
  }
}

/** By the names that Google gives to a function's text and to its failure. */
function said(response: Readonly<Record<string, unknown>>): {
  readonly text: string;
  readonly isError?: true;
} {
  const [key, ...others] = Object.keys(response);
  const only = others.length === 0 && key !== undefined ? response[key] : null;
  const isError = key === "error" && others.length === 0 ? ({ isError: true } as const) : {};
  const isText = typeof only === "string" && (key === "output" || key === "error");
  return { text: isText ? only : JSON.stringify(response), ...isError };
}

const isUnproven = (part: Part | undefined): part is ReasoningPart =>
  part?.kind === "reasoning" && part.signature === undefined && part.redacted === undefined;

/** What streams bring as pieces of one thought is one thought; a signature ends it. */
function addThought(made: Part[], { text, thoughtSignature: signature }: ContentPart): void {
  const before = made.at(-1);
  const isMore = isUnproven(before);
  const whole = `${isMore ? before.text : ""}${text ?? ""}`;
  if (isMore) made.pop();
  const isSigned = typeof signature === "string" && signature !== "";
  if (isSigned || whole !== "") {
    made.push({ kind: "reasoning", text: whole, ...(isSigned ? readProof(signature) : {}) });
  }
}

/** A call or a text is signed for the thought before it. */
function sign(made: Part[], signature: string): void {
  const before = made.at(-1);
  const text = isUnproven(before) ? before.text : "";
  if (isUnproven(before)) made.pop();
  made.push({ kind: "reasoning", text, ...readProof(signature) });
}

const documentType = /^(?:text\/|application\/(?:pdf|json|xml|rtf)$)/;

function partOf(source: MediaSource, mimeType: string, path: string): Translated<Part> {
  if (mimeType.startsWith("image/")) return ok({ kind: "image", source });
  return documentType.test(mimeType) ? ok({ kind: "document", source }) : unsupported(path);
}

const toMedia = ({ mimeType, data }: Blob, path: string): Translated<Part> =>
  partOf({ kind: "base64", mediaType: mimeType, data }, mimeType, path);

/** Google keeps files under addresses that only Google opens. */
const kept = /^(?:https:\/\/generativelanguage\.googleapis\.com\/|files\/)/;

function toFile({ fileUri: uri, mimeType }: FileData, path: string): Translated<Part> {
  if (kept.test(uri)) return partOf({ kind: "file", id: uri }, mimeType || "application/pdf", path);
  return partOf({ kind: "url", url: uri }, mimeType || "application/pdf", path);
}
