import { foldText } from "@sekisho/lib/text/word-finder.ts";
import type { CanonicalRequest, Message } from "@sekisho/wire/canonical/request.ts";
import { restFeaturesOf } from "@sekisho/wire/canonical/request-features.ts";
import type { ComplexityRule, Judgement, Signal } from "../complexity.ts";
import { decisivePoints } from "./complexity-rule.ts";

/** What is judged of a request: its last message of the user, and what comes with it. */
export interface JudgedRequest {
  /** Of a longer message its beginning, with at least as many characters as the rule's limit. */
  readonly text: string;
  readonly isFirst: boolean;
  readonly hasTools: boolean;
  readonly hasAttachment: boolean;
  readonly asksToThink: boolean;
}

/**
 * So many units of a text are read: judging costs no more, however long a message is. It is twice
 * the longest limit that a rule may have, since a character may be two units.
 */
export const readUnits = 4_000;

/** What a rule looks at in a request. */
export function judgedRequest(request: CanonicalRequest): JudgedRequest {
  const { messages, tools } = request;
  const features = restFeaturesOf(request);
  return {
    text: textOf(messages.findLast(isSaid)),
    isFirst: messages.filter(isTurn).length < 2,
    hasTools: tools.length > 0,
    hasAttachment: messages.some(({ parts }) => parts.some(isAttachment)),
    asksToThink: features.has("thinking") || features.has("reasoning_effort"),
  };
}

/** Results of tools are no words of the user's, though some dialects have them as such. */
const isSaid = ({ role, parts }: Message): boolean =>
  role === "user" && parts.some(({ kind }) => kind === "text");

/** An instruction in the middle of a conversation is no turn of it. */
const isTurn = ({ role }: Message): boolean => role !== "system";

const isAttachment = ({ kind }: Message["parts"][number]): boolean =>
  kind === "image" || kind === "document";

function textOf(message: Message | undefined): string {
  let text = "";
  for (const part of message?.parts ?? []) {
    if (part.kind !== "text") continue;
    text += text === "" ? part.text.trimStart() : `\n${part.text}`;
    if (text.length > readUnits) break;
  }
  return text.slice(0, readUnits).trimEnd();
}

/** Judges by points (RTE-5): the same request and rule give the same signals in the same order. */
export function judgeComplexity(judged: JudgedRequest, rule: ComplexityRule): Judgement {
  const signals: Signal[] = [];
  const add = (name: string, points: number, word: string | null = null): void => {
    signals.push({ name, points, word });
  };
  const characters = charactersOf(judged.text);
  const isShort = characters > 0 && characters < rule.shortBelowChars;
  if (characters === 0) add("no text", decisivePoints);
  if (isShort) add("short", -1);
  // A kanji says about as much as two letters: 49 of them are no short message.
  if (isShort && rule.countsWidth && columnsOf(judged.text) >= rule.shortBelowChars) add("wide", 1);
  if (characters > rule.longAboveChars) add("long", decisivePoints);
  if (judged.isFirst) add("no history", -1);
  if (judged.hasTools) add("tools", 1);
  if (judged.hasAttachment) add("attachment", decisivePoints);
  if (judged.asksToThink) add("thinking", decisivePoints);
  const groups = new Set<string>();
  for (const [{ name, points, group }, word] of rule.words.find(`^${foldText(judged.text)}`)) {
    if (groups.has(group)) continue;
    groups.add(group);
    add(name, points, word);
  }
  const points = signals.reduce((sum, signal) => sum + signal.points, 0);
  return { complexity: points <= rule.simpleAtMostPoints ? "simple" : "strong", points, signals };
}

/** As people count them: a pair of surrogates is one. */
export function charactersOf(text: string): number {
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** As wide as it is written: kana, kanji, hanzi and hangul take two columns. */
function columnsOf(text: string): number {
  let count = 0;
  for (const character of text) count += isWide(character.codePointAt(0) ?? 0) ? 2 : 1;
  return count;
}

const isWide = (point: number): boolean =>
  (point >= 0x2e80 && point < 0xd800) ||
  (point >= 0xf900 && point < 0xff61) ||
  (point >= 0x2_00_00 && point < 0x3_ff_ff);
