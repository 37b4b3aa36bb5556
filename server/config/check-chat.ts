import { matchesWildcard } from "@sekisho/lib/text/wildcard.ts";
import type { Finding } from "./problem.ts";
import type { ConfigShape } from "./schema.ts";
import { usualChatModel } from "./schema/chat.ts";
import { nearest } from "@sekisho/lib/text/nearest.ts";

const isServed = ({ chat, models }: ConfigShape): boolean =>
  Object.keys(models).some((name) => matchesWildcard(name, chat.model));

const finding = (rest: string): Finding => ({
  path: ["chat", "model"],
  sentence: `chat.model: ${rest}`,
});

/** A model that somebody chose for the plain chat service has to be one. */
export function checkChat(config: ConfigShape): Finding[] {
  const { model } = config.chat;
  if (model === usualChatModel || isServed(config)) return [];
  const names = Object.keys(config.models).filter((name) => !name.includes("*"));
  const hint = nearest(model, names);
  const known = hint === null ? "there are none" : `the nearest is "${hint.text}"`;
  return [finding(`"${model}" is not under models; ${known}`)];
}

/** Not every gateway has a use for `POST /chat`: that nobody chose one is no problem. */
export const chatWarnings = (config: ConfigShape): Finding[] =>
  config.chat.model !== usualChatModel || isServed(config)
    ? []
    : [finding(`"${usualChatModel}" is not under models; POST /chat answers 503 until it is`)];
