import { Fields, isJsonObject, type JsonObject } from "../fields.ts";
import type { ImageDetail, Turn } from "../question.ts";

const mostMessages = 10_000;

const roles: Readonly<Record<string, Turn["role"]>> = {
  system: "system",
  developer: "system",
  user: "user",
  assistant: "assistant",
  tool: "tool",
  function: "tool",
};

interface Content {
  readonly texts: string[];
  readonly images: ImageDetail[];
}

/** Files and sound have no text that we could read; they count as one image each. */
const readPart = (part: Fields, into: Content): void => {
  const type = part.string("type");
  switch (type) {
    case "text":
      into.texts.push(part.string("text") ?? "");
      return;
    case "refusal":
      into.texts.push(part.string("refusal") ?? "");
      return;
    case "image_url": {
      const image = part.object("image_url");
      if (image === null || image.string("url") === null) throw part.missing("image_url");
      into.images.push(image.string("detail") === "low" ? "low" : "high");
      return;
    }
    case "file":
    case "input_audio":
      into.images.push("high");
      return;
    case null:
      throw part.missing("type");
    default: {
      const known = "'text', 'image_url', 'input_audio', 'refusal' and 'file'";
      const text = `Invalid value: '${type}'. Supported values are: ${known}.`;
      throw part.invalid("type", text);
    }
  }
};

const readContent = (message: Fields): Content => {
  const content: Content = { texts: [], images: [] };
  const value = message.any("content");
  if (typeof value === "string") content.texts.push(value);
  else {
    for (const [n, part] of (message.list("content") ?? []).entries()) {
      readPart(new Fields(part, `${message.pathOf("content")}[${n}]`), content);
    }
  }
  return content;
};

const readCalls = (message: Fields): Turn["calls"] =>
  (message.list("tool_calls") ?? []).map((value, n) => {
    const call = new Fields(value, `${message.pathOf("tool_calls")}[${n}]`);
    const called = call.object("function") ?? call.object("custom");
    if (called === null) throw call.missing("function");
    return {
      name: called.string("name") ?? "",
      arguments: called.string("arguments") ?? called.string("input") ?? "",
    };
  });

const readMessage = (value: unknown, path: string): Turn => {
  const message = new Fields(value, path);
  const name = message.string("role");
  if (name === null) throw message.missing("role");
  const role = Object.hasOwn(roles, name) ? roles[name] : undefined;
  if (role === undefined) {
    const known = Object.keys(roles).join("', '");
    const text = `Invalid value: '${name}'. Supported values are: '${known}'.`;
    throw message.invalid("role", text);
  }
  const { texts, images } = readContent(message);
  const calls = readCalls(message);
  if (!message.has("content") && calls.length === 0 && role !== "assistant") {
    throw message.missing("content");
  }
  if (role === "tool" && name === "tool" && message.string("tool_call_id") === null) {
    throw message.missing("tool_call_id");
  }
  return { role, text: texts.join("\n"), images, documents: [], calls };
};

const callIdsOf = (message: JsonObject): unknown[] => {
  const calls = message["tool_calls"];
  if (!Array.isArray(calls)) return [];
  return calls.map((call: unknown) => (isJsonObject(call) ? call["id"] : null));
};

/** A tool's result has to answer a call of the message before it, as the real API demands. */
const checkToolResults = (messages: readonly unknown[], body: Fields): void => {
  let open: unknown[] = [];
  for (const [n, message] of messages.entries()) {
    if (!isJsonObject(message)) continue;
    if (message["role"] !== "tool") open = callIdsOf(message);
    else if (!open.includes(message["tool_call_id"])) {
      const text =
        "Invalid parameter: messages with role 'tool' must be a response to a preceding " +
        "message with 'tool_calls'.";
      throw body.invalid(`messages[${n}].role`, text);
    }
  }
};

/** The conversation. Throws `Failure` with the path of what is wrong. */
export const readMessages = (body: Fields): Turn[] => {
  const messages = body.list("messages");
  if (messages === null) throw body.missing("messages");
  if (messages.length === 0 || messages.length > mostMessages) {
    throw body.invalid(
      "messages",
      `Invalid 'messages': expected 1 to ${mostMessages} messages, but got ${messages.length}.`,
    );
  }
  const turns = messages.map((message, n) => readMessage(message, `messages[${n}]`));
  checkToolResults(messages, body);
  return turns;
};
