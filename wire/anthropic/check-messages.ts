import { expected, isList, isObject, isOneOf, member, under, type Fault } from "../field-rules.ts";
import { checkContent, checkTexts } from "./check-blocks.ts";
import type { PromptTally } from "./prompt-tally.ts";

/** SEC-4. */
export const maxMessages = 10_000;

function checkMessage(message: unknown, tally: PromptTally): Fault | null {
  if (!isObject(message)) return expected(message, "an object with role and content");
  const wrongRole = member(message, "role", isOneOf("user", "assistant", "system"));
  if (wrongRole !== null) return wrongRole;
  if (message["role"] !== "system") return checkContent(message, tally);
  const found = checkTexts(message["content"], tally);
  return found === null ? null : under("content", found);
}

/** Checks `messages` and adds up what bounds its tokens. */
export function checkMessages(messages: unknown, tally: PromptTally): Fault | null {
  const list = { min: 1, max: maxMessages, each: (item: unknown) => checkMessage(item, tally) };
  const found = isList(list)(messages);
  tally.messages = Array.isArray(messages) ? messages.length : 0;
  return found;
}
