import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { ReadRequest } from "@sekisho/wire/canonical/read-request.ts";
import { readChatRequest } from "@sekisho/wire/openai/chat-request.ts";
import { readCompletionsRequest } from "@sekisho/wire/openai/completions-request.ts";
import type { Parsed } from "@sekisho/wire/result.ts";
import type { Surface } from "../request.ts";

const readers: Readonly<Record<Surface, (body: Buffer) => Parsed<ReadRequest>>> = {
  "openai.chat": readChatRequest,
  "openai.completions": readCompletionsRequest,
};

/** Reads a body in the words of its surface. Throws Failure with the field at fault. */
export function validate(surface: Surface, body: Buffer): ReadRequest {
  const parsed = readers[surface](body);
  if (parsed.ok) return parsed.value;
  const { path } = parsed;
  throw new Failure<Code>(parsed.code, parsed.message, path === null ? {} : { param: path });
}
