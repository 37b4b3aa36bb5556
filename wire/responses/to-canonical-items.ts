import type { MediaSource, Message, Part, SystemPart } from "../canonical/request.ts";
import { cachePointOf, toFileSource, toSource } from "../openai/to-canonical-message.ts";
import type { InputItem, InputPart, MessageItem, ReasoningItem } from "./responses-body.ts";
import { unsealed } from "./sealed-reasoning.ts";

type PartOf<T extends InputPart["type"]> = Extract<InputPart, { type: T }>;

function toImage({ image_url: url, file_id: id, detail }: PartOf<"input_image">): Part {
  const source: MediaSource =
    typeof url === "string" && url !== ""
      ? toSource(url, "image/png")
      : { kind: "file", id: id ?? "" };
  return { kind: "image", source, ...(typeof detail === "string" ? { detail } : {}) };
}

function toDocument({ file_url: url, filename, ...file }: PartOf<"input_file">): Part {
  const source: MediaSource =
    typeof url === "string" && url !== "" ? { kind: "url", url } : toFileSource(file);
  return { kind: "document", source, ...(typeof filename === "string" ? { name: filename } : {}) };
}

function toPart(part: InputPart): Part {
  switch (part.type) {
    case "input_text":
    case "output_text":
      return { kind: "text", text: part.text };
    case "refusal":
      return { kind: "refusal", text: part.refusal };
    case "input_image":
      return toImage(part);
    case "input_file":
      return toDocument(part);
  }
}

function toParts(content: string | readonly InputPart[]): Part[] {
  if (typeof content === "string") return [{ kind: "text", text: content }];
  return content.flatMap((part) => {
    const mark = part.prompt_cache_breakpoint ?? null;
    return mark === null ? [toPart(part)] : [toPart(part), cachePointOf(mark)];
  });
}

const isSystemPart = (part: Part): part is SystemPart =>
  part.kind === "text" || part.kind === "cachePoint";

/** Instructions hold texts alone: the check has seen to that. */
export const toSystemParts = ({ content }: MessageItem): SystemPart[] =>
  toParts(content).filter(isSystemPart);

const textOf = (texts: ReasoningItem["summary"]): string =>
  (texts ?? []).map(({ text }) => text).join("\n\n");

/** What is told of it, else what was thought where a server shows that. */
function toReasoning({ summary, content, encrypted_content: proof }: ReasoningItem): Part {
  const text = textOf(summary);
  return {
    kind: "reasoning",
    text: text === "" ? textOf(content) : text,
    ...unsealed(proof ?? ""),
  };
}

const canonicalRoles = {
  user: "user",
  assistant: "assistant",
  system: "system",
  developer: "system",
} as const satisfies Record<MessageItem["role"], Message["role"]>;

export const isInstruction = (item: InputItem): item is MessageItem =>
  "role" in item && canonicalRoles[item.role] === "system";

function toMessage(item: InputItem): Message {
  if (item.type === undefined || item.type === "message") {
    return { role: canonicalRoles[item.role], parts: toParts(item.content) };
  }
  switch (item.type) {
    case "function_call": {
      const { call_id: id, name } = item;
      return {
        role: "assistant",
        parts: [{ kind: "toolCall", id, name, arguments: item.arguments }],
      };
    }
    case "function_call_output": {
      const parts = toParts(item.output);
      return { role: "tool", parts: [{ kind: "toolResult", id: item.call_id, parts }] };
    }
    case "reasoning":
      return { role: "assistant", parts: [toReasoning(item)] };
  }
}

/**
 * Each item a message; what the assistant said, thought and called is one, and so are the results
 * that come together: providers want a call beside those of the same turn.
 */
export function toMessages(items: readonly InputItem[]): Message[] {
  const messages: { readonly role: Message["role"]; readonly parts: Part[] }[] = [];
  for (const { role, parts } of items.map(toMessage)) {
    const last = messages.at(-1);
    const isJoined = role === last?.role && (role === "assistant" || role === "tool");
    if (isJoined) last.parts.push(...parts);
    else messages.push({ role, parts: [...parts] });
  }
  return messages;
}
