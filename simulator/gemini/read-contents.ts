import { Fields } from "../fields.ts";
import type { PromptReader } from "../prompt-reader.ts";
import { isSigned } from "./thought-signature.ts";

const mostContents = 10_000;

const speakers = { user: "user", model: "assistant", function: "tool" } as const;

const checkSignature = (part: Fields): void => {
  const signature = part.string("thoughtSignature");
  if (signature === null || signature === "" || isSigned(signature)) return;
  throw part.invalid("thoughtSignature", "Thought signature is not valid.");
};

/** Pictures, and pages that are looked at, count as an image each; a text counts by its tokens. */
const readBlob = (blob: Fields, prompt: PromptReader): void => {
  const mimeType = blob.string("mimeType");
  const data = blob.string("data");
  if (mimeType === null || data === null) throw blob.missing("data");
  const isText = mimeType.startsWith("text/");
  if (isText) prompt.document(Buffer.from(data, "base64").toString("utf8"));
  else prompt.image("high");
};

const readCalled = (called: Fields, name: "args" | "response"): string => {
  if (called.string("name") === null) throw called.missing("name");
  return JSON.stringify(called.object(name) === null ? {} : called.any(name));
};

/** One part of content; the speaker is known. */
const readPart = (part: Fields, prompt: PromptReader): void => {
  checkSignature(part);
  const text = part.string("text");
  const blob = part.object("inlineData");
  const file = part.object("fileData");
  const call = part.object("functionCall");
  // What was thought may come back, and is not read again.
  if (part.boolean("thought") === true) return;
  if (text !== null) prompt.text(text);
  else if (blob !== null) readBlob(blob, prompt);
  else if (file !== null) {
    if (file.string("fileUri") === null) throw file.missing("fileUri");
    prompt.image("high");
  } else if (call !== null) {
    const args = readCalled(call, "args");
    prompt.call({ name: call.string("name") ?? "", arguments: args });
  } else throw part.invalid("text", "required oneof field 'data' must have one initialized field");
};

const partsOf = (content: Fields): Fields[] =>
  (content.list("parts") ?? []).map(
    (raw, n) => new Fields(raw, `${content.pathOf("parts")}[${n}]`),
  );

/** The results of functions have turns of their own. */
const readParts = (
  content: Fields,
  speaker: "system" | (typeof speakers)[keyof typeof speakers],
  prompt: PromptReader,
): void => {
  for (const part of partsOf(content)) {
    const response = part.object("functionResponse");
    prompt.speaker(response === null ? speaker : "tool");
    if (response === null) readPart(part, prompt);
    else {
      prompt.text(readCalled(response, "response"));
      for (const media of partsOf(response)) readPart(media, prompt);
    }
  }
  prompt.close();
};

const countOf = (content: Fields, name: "functionCall" | "functionResponse"): number =>
  partsOf(content).filter((part) => part.has(name)).length;

const readOne = (content: Fields, calls: number, prompt: PromptReader): number => {
  const role = content.string("role") ?? "user";
  if (!(role === "user" || role === "model" || role === "function")) {
    throw content.invalid("role", "Please use a valid role: user, model.");
  }
  if (countOf(content, "functionResponse") !== calls) {
    const text =
      "Please ensure that the number of function response parts is equal to the number of " +
      "function call parts of the function call turn.";
    throw content.invalid("parts", text);
  }
  readParts(content, speakers[role], prompt);
  return role === "model" ? countOf(content, "functionCall") : 0;
};

/** The conversation. Throws `Failure` with the path of what is wrong. */
export const readContents = (body: Fields, prompt: PromptReader): void => {
  const contents = body.list("contents");
  if (contents === null) throw body.missing("contents");
  if (contents.length === 0 || contents.length > mostContents) {
    throw body.invalid("contents", "* GenerateContentRequest.contents: contents is not specified");
  }
  const system = body.object("systemInstruction");
  if (system !== null) readParts(system, "system", prompt);
  let calls = 0;
  for (const [n, raw] of contents.entries()) {
    calls = readOne(new Fields(raw, `contents[${n}]`), calls, prompt);
  }
};
