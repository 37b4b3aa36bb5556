import { Fields } from "../fields.ts";
import { signatureOf } from "../signature.ts";
import type { Reading } from "./read-tools.ts";

const mostMessages = 100_000;

/** A conversation that is being read. */
interface Conversation extends Reading {
  /** Whose signatures stand under reasoning. */
  readonly signer: string;
  /** Ids of the calls in the message before. */
  openCalls: readonly string[];
}

const readSource = (block: Fields): Fields => {
  const source = block.object("source");
  if (source === null) throw block.missing("source");
  if (source.string("type") === null) throw source.missing("type");
  return source;
};

/** A text counts by its tokens, a page that is looked at as an image. */
const readDocument = (block: Fields, { prompt }: Conversation): void => {
  const source = readSource(block);
  const content = source.any("content");
  if (source.string("type") === "text") prompt.document(source.string("data") ?? "");
  else if (typeof content === "string") prompt.document(content);
  else prompt.image("high");
};

/** Reasoning goes back only to who has signed it. */
const checkSignature = (block: Fields, { signer }: Conversation): void => {
  const thinking = block.string("thinking") ?? "";
  if (block.string("signature") === signatureOf(signer, thinking)) return;
  const text = `${block.pathOf("signature")}: Invalid \`signature\` in \`thinking\` block`;
  throw block.invalid("signature", text);
};

const readCall = (block: Fields, { prompt }: Conversation): void => {
  const name = block.string("name");
  if (name === null || block.string("id") === null) throw block.missing("name");
  prompt.call({
    name,
    arguments: JSON.stringify(block.object("input") === null ? {} : block.any("input")),
  });
};

const readResult = (block: Fields, into: Conversation): void => {
  const id = block.string("tool_use_id");
  if (id === null) throw block.missing("tool_use_id");
  if (!into.openCalls.includes(id)) {
    const text =
      `${block.pathOf("tool_use_id")}: unexpected \`tool_use_id\` found in \`tool_result\` ` +
      "blocks. Each `tool_result` block must have a corresponding `tool_use` block before it.";
    throw block.invalid("tool_use_id", text);
  }
  into.prompt.speaker("tool");
  readContent(block, "tool", into);
};

const unknownType = (block: Fields, type: string): Error =>
  block.invalid("type", `${block.pathOf("type")}: unexpected value '${type}'`);

/** One block of content; the speaker is known. */
const readBlock = (block: Fields, into: Conversation): void => {
  const type = block.string("type");
  switch (type) {
    case "text":
      into.prompt.text(block.string("text") ?? "");
      return;
    case "image":
      readSource(block);
      into.prompt.image("high");
      return;
    case "document":
      return readDocument(block, into);
    case "tool_use":
      return readCall(block, into);
    case "tool_result":
      return readResult(block, into);
    case "thinking":
      return checkSignature(block, into);
    case "redacted_thinking":
      return;
    case null:
      throw block.missing("type");
    default:
      throw unknownType(block, type);
  }
};

type Speaker = "system" | "user" | "assistant" | "tool";

/** A text, or blocks of content. */
const readContent = (fields: Fields, speaker: Speaker, into: Conversation): void => {
  const { prompt, lifeOf } = into;
  const value = fields.any("content");
  if (typeof value === "string") {
    prompt.text(value);
    // What stands in a tool's result is part of that block.
    if (speaker !== "tool") prompt.block(value);
    return;
  }
  for (const [n, raw] of (fields.list("content") ?? []).entries()) {
    const block = new Fields(raw, `${fields.pathOf("content")}.${n}`);
    if (speaker !== "tool" && block.string("type") !== "tool_result") prompt.speaker(speaker);
    readBlock(block, into);
    if (speaker === "tool") continue;
    prompt.block(raw);
    const life = lifeOf(block);
    if (life !== null) prompt.keep(life);
  }
};

const callIdsOf = (message: Fields): string[] => {
  const content = message.any("content");
  if (!Array.isArray(content)) return [];
  return content.flatMap((raw: unknown) => {
    const block = new Fields(raw, "content");
    const id = block.string("type") === "tool_use" ? block.string("id") : null;
    return id === null ? [] : [id];
  });
};

/** Each call is answered by the message behind it, as the real API demands. */
const checkAnswered = (message: Fields, open: readonly string[]): void => {
  if (open.length === 0) return;
  const content = message.any("content");
  // `isArray` narrows unknown to any[]; unknown[] is what it proves.
  const results = Array.isArray(content) ? (content as readonly unknown[]) : [];
  const answered = results.map((raw) => new Fields(raw, "content").any("tool_use_id"));
  const missing = open.filter((id) => !answered.includes(id));
  if (missing.length === 0) return;
  const text =
    `${message.pathOf("content")}: \`tool_use\` ids were found without \`tool_result\` blocks ` +
    `immediately after: ${missing.join(", ")}.`;
  throw message.invalid("content", text);
};

const readOne = (message: Fields, into: Conversation): void => {
  const role = message.string("role");
  if (role !== "user" && role !== "assistant" && role !== "system") {
    const text = `${message.pathOf("role")}: Input should be 'user' or 'assistant'`;
    throw role === null ? message.missing("role") : message.invalid("role", text);
  }
  if (!message.has("content")) throw message.missing("content");
  checkAnswered(message, into.openCalls);
  into.prompt.speaker(role);
  readContent(message, role, into);
  into.prompt.close();
  into.openCalls = role === "assistant" ? callIdsOf(message) : [];
};

const readSystem = (body: Fields, into: Conversation): void => {
  if (!body.has("system")) return;
  into.prompt.speaker("system");
  readContent(new Fields({ content: body.any("system") }, "system"), "system", into);
  into.prompt.close();
};

/** The conversation. Throws `Failure` with the path of what is wrong. */
export const readMessages = (
  body: Fields,
  reading: Reading & Pick<Conversation, "signer">,
): void => {
  const messages = body.list("messages");
  if (messages === null) throw body.missing("messages");
  if (messages.length === 0 || messages.length > mostMessages) {
    const text = `messages: expected 1 to ${mostMessages} messages, but got ${messages.length}`;
    throw body.invalid("messages", text);
  }
  const into: Conversation = { ...reading, openCalls: [] };
  readSystem(body, into);
  for (const [n, raw] of messages.entries()) readOne(new Fields(raw, `messages.${n}`), into);
};
