import { Fields, isJsonObject } from "../fields.ts";
import type { PromptReader } from "../prompt-reader.ts";
import { signatureOf } from "../signature.ts";
import { lifeOfPoint } from "./read-tools.ts";
import { signer } from "./stream-words.ts";

const mostMessages = 100_000;
/** Documents that are text; others are looked at. */
const textFormats: ReadonlySet<string | null> = new Set(["txt", "md", "csv", "html"]);

type Speaker = "system" | "user" | "assistant" | "tool";

interface Conversation {
  readonly prompt: PromptReader;
  /** Ids of the calls in the message before. */
  openCalls: readonly string[];
}

const readDocument = (document: Fields, prompt: PromptReader): void => {
  const source = document.object("source");
  if (source === null) throw document.missing("source");
  const bytes = source.string("bytes");
  const text = source.string("text");
  if (text !== null) prompt.document(text);
  else if (bytes !== null && textFormats.has(document.string("format"))) {
    prompt.document(Buffer.from(bytes, "base64").toString());
  } else prompt.image("high");
};

const readCall = (use: Fields, { prompt }: Conversation): void => {
  const name = use.string("name");
  if (name === null || use.string("toolUseId") === null) throw use.missing("toolUseId");
  prompt.call({ name, arguments: JSON.stringify(use.any("input") ?? {}) });
};

const readResult = (result: Fields, into: Conversation): void => {
  const id = result.string("toolUseId");
  if (id === null) throw result.missing("toolUseId");
  if (!into.openCalls.includes(id)) {
    const text = `The toolResult block ${id} has no toolUse block in the message before it.`;
    throw result.invalid("toolUseId", text);
  }
  into.prompt.speaker("tool");
  readContent(result, "tool", into);
};

/** Reasoning goes back only to who has signed it. */
const readReasoning = (reasoning: Fields): void => {
  const told = reasoning.object("reasoningText");
  if (told === null) return;
  if (told.string("signature") === signatureOf(signer, told.string("text") ?? "")) return;
  throw told.invalid("signature", `${told.pathOf("signature")}: the signature is not valid`);
};

/** What each member of a block of content adds to the prompt. */
const members: Readonly<Record<string, (block: Fields, name: string, into: Conversation) => void>> =
  {
    text: (block, name, { prompt }) => prompt.text(block.string(name) ?? ""),
    json: (block, name, { prompt }) => prompt.text(JSON.stringify(block.any(name))),
    image: (_, __, { prompt }) => prompt.image("high"),
    video: (_, __, { prompt }) => prompt.image("high"),
    document: (block, name, { prompt }) => {
      readDocument(block.object(name) ?? new Fields(null, name), prompt);
    },
    guardContent: (block, name, { prompt }) => {
      prompt.text(block.object(name)?.object("text")?.string("text") ?? "");
    },
    toolUse: (block, name, into) => {
      readCall(block.object(name) ?? new Fields(null, name), into);
    },
    toolResult: (block, name, into) => {
      readResult(block.object(name) ?? new Fields(null, name), into);
    },
    reasoningContent: (block, name) => {
      readReasoning(block.object(name) ?? new Fields(null, name));
    },
  };

const readBlock = (block: Fields, into: Conversation): void => {
  const name = block.names().find((member) => Object.hasOwn(members, member));
  const read = name === undefined ? undefined : members[name];
  if (name === undefined || read === undefined) {
    const known = Object.keys(members).join(", ");
    throw block.invalid("content", `Unknown content block: expected one of ${known}.`);
  }
  read(block, name, into);
};

const readContent = (fields: Fields, speaker: Speaker, into: Conversation): void => {
  const { prompt } = into;
  for (const [n, raw] of (fields.list("content") ?? []).entries()) {
    const block = new Fields(raw, `${fields.pathOf("content")}.${n}`);
    const life = lifeOfPoint(block);
    if (life !== null) {
      prompt.keep(life);
      continue;
    }
    if (speaker !== "tool" && !block.has("toolResult")) prompt.speaker(speaker);
    readBlock(block, into);
    if (speaker !== "tool") prompt.block(raw);
  }
};

const idsOf = (message: Fields, member: string): string[] =>
  (message.list("content") ?? []).flatMap((raw) => {
    const inner = isJsonObject(raw) ? raw[member] : null;
    const id = isJsonObject(inner) ? inner["toolUseId"] : null;
    return typeof id === "string" ? [id] : [];
  });

const readOne = (message: Fields, into: Conversation): void => {
  const role = message.string("role");
  if (role !== "user" && role !== "assistant") {
    throw role === null
      ? message.missing("role")
      : message.invalid("role", `${message.pathOf("role")}: expected 'user' or 'assistant'`);
  }
  if (message.list("content") === null) throw message.missing("content");
  const answered = idsOf(message, "toolResult");
  const missing = into.openCalls.filter((id) => !answered.includes(id));
  if (missing.length > 0) {
    const text = `Expected toolResult blocks for the following ids: ${missing.join(", ")}.`;
    throw message.invalid("content", text);
  }
  into.prompt.speaker(role);
  readContent(message, role, into);
  into.prompt.close();
  into.openCalls = role === "assistant" ? idsOf(message, "toolUse") : [];
};

const checkMessages = (body: Fields): readonly unknown[] => {
  const messages = body.list("messages");
  if (messages === null) throw body.missing("messages");
  const [first] = messages;
  const startsWell = isJsonObject(first) && first["role"] !== "assistant";
  if (!startsWell || messages.length > mostMessages) {
    const text = "A conversation must start with a user message. Try again with one that does.";
    throw body.invalid("messages", text);
  }
  return messages;
};

/** The conversation. Throws `Failure` with the path of what is wrong. */
export const readMessages = (body: Fields, prompt: PromptReader): void => {
  const messages = checkMessages(body);
  const into: Conversation = { prompt, openCalls: [] };
  if (body.has("system")) {
    prompt.speaker("system");
    readContent(new Fields({ content: body.any("system") }, "system"), "system", into);
    prompt.close();
  }
  for (const [n, raw] of messages.entries()) readOne(new Fields(raw, `messages.${n}`), into);
};
