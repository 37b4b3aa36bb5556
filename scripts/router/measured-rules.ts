import type { Complexity } from "@sekisho/gateway/complexity.ts";
import { complexityRule, usualRule } from "@sekisho/gateway/route/complexity-rule.ts";
import { charactersOf, judgeComplexity } from "@sekisho/gateway/route/judge-complexity.ts";
import { languages, type LabelledMessage } from "./labelled-messages.ts";

/** A way to tell simple messages from others. */
export interface MeasuredRule {
  readonly name: string;
  readonly judge: (message: LabelledMessage) => Complexity;
}

/** A first message without tools: the labels are given as if each was sent alone. */
const alone = { isFirst: true, hasTools: false, hasAttachment: false, asksToThink: false };

const ruleOf = (name: string, score: "all" | "reference"): MeasuredRule => {
  const rule = complexityRule({ ...usualRule, score });
  return { name, judge: ({ text }) => judgeComplexity({ ...alone, text }, rule).complexity };
};

/** What length alone tells: the limit that is right most often of the messages given. */
export function lengthRule(messages: readonly LabelledMessage[]): MeasuredRule {
  const limit = bestLimit(messages);
  return { name: `length alone, up to ${limit} characters`, judge: judgeBy(() => limit) };
}

/** The same with a limit for each language, which a gateway would have to be told. */
export function lengthsRule(messages: readonly LabelledMessage[]): MeasuredRule {
  const limits = new Map(
    languages.map((lang) => [lang, bestLimit(messages.filter((each) => each.lang === lang))]),
  );
  const shown = [...limits].map(([lang, limit]) => `${lang} ${limit}`).join(", ");
  const name = `length alone, by language: ${shown}`;
  return { name, judge: judgeBy(({ lang }) => limits.get(lang) ?? 0) };
}

const judgeBy =
  (limitOf: (message: LabelledMessage) => number): MeasuredRule["judge"] =>
  (message) =>
    charactersOf(message.text) <= limitOf(message) ? "simple" : "strong";

function bestLimit(messages: readonly LabelledMessage[]): number {
  const limits = [0, ...messages.map(({ text }) => charactersOf(text))];
  const rights = limits.map((limit) =>
    rightOf(
      messages,
      judgeBy(() => limit),
    ),
  );
  return limits[rights.indexOf(Math.max(...rights))] ?? 0;
}

const rightOf = (messages: readonly LabelledMessage[], judge: MeasuredRule["judge"]): number =>
  messages.filter((each) => judge(each) === each.label).length;

/** What is compared; nothing of it is made by messages that are not given. */
export const measuredRules = (dev: readonly LabelledMessage[]): readonly MeasuredRule[] => [
  lengthRule(dev),
  lengthsRule(dev),
  ruleOf("REF-5 alone (score: reference)", "reference"),
  ruleOf("all signals (score: all, the default)", "all"),
];

/** How often a rule is right: in all, and of those that are one class or one language. */
export interface Accuracy {
  readonly right: number;
  readonly count: number;
}

export const accuracyOf = (rule: MeasuredRule, messages: readonly LabelledMessage[]): Accuracy => ({
  right: rightOf(messages, rule.judge),
  count: messages.length,
});

/** Which share of the messages of each class goes to the small model. */
export interface SimpleShares {
  readonly ofSimple: number;
  readonly ofStrong: number;
}

export function simpleShares(
  rule: MeasuredRule,
  messages: readonly LabelledMessage[],
): SimpleShares {
  const shareOf = (label: Complexity): number => {
    const own = messages.filter((each) => each.label === label);
    return own.filter((each) => rule.judge(each) === "simple").length / own.length;
  };
  return { ofSimple: shareOf("simple"), ofStrong: shareOf("strong") };
}
