import { matchesWildcard } from "@sekisho/lib/text/wildcard.ts";
import type { Finding } from "../problem.ts";
import type { ConfigShape } from "../schema.ts";
import { usualChatModel } from "../schema/chat.ts";
import { nearest } from "@sekisho/lib/text/nearest.ts";

const isServed = ({ models }: ConfigShape, model: string): boolean =>
  Object.keys(models).some((name) => matchesWildcard(name, model));

const finding = (section: "chat" | "moderations", model: string, rest: string): Finding => ({
  path: [section, "model"],
  sentence: `${section}.model: ${rest}`,
  about: [["models", model]],
});

const unserved = ({ models }: ConfigShape, model: string): string => {
  const names = Object.keys(models).filter((name) => !name.includes("*"));
  const hint = nearest(model, names);
  const known = hint === null ? "there are none" : `the nearest is "${hint.text}"`;
  return `"${model}" is not under models; ${known}`;
};

/** What judges inputs has to be a model. */
export function checkModerations(config: ConfigShape): Finding[] {
  const { model } = config.moderations;
  if (model === null || isServed(config, model)) return [];
  return [finding("moderations", model, unserved(config, model))];
}

/** A model that somebody chose for the plain chat service has to be one. */
export function checkChat(config: ConfigShape): Finding[] {
  const { model } = config.chat;
  if (model === usualChatModel || isServed(config, model)) return [];
  return [finding("chat", model, unserved(config, model))];
}

/** Not every gateway has a use for `POST /chat`: that nobody chose one is no problem. */
export const chatWarnings = (config: ConfigShape): Finding[] =>
  config.chat.model !== usualChatModel || isServed(config, config.chat.model)
    ? []
    : [
        finding(
          "chat",
          usualChatModel,
          `"${usualChatModel}" is not under models; POST /chat answers 503 until it is`,
        ),
      ];
