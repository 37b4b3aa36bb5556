import type { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import type { Question } from "../question.ts";
import type { AnswerShape, Choice, Finish, Reply, ToolCall } from "../reply.ts";
import { countPrompt, countTokens, splitTokens } from "../tokenizer.ts";
import { begunAnswer, restOf } from "./continued.ts";
import { chooseTools, type PlannedCall } from "./choose-tools.ts";
import { inventTitles, plantDefects } from "./hallucinate.ts";
import { wordsToSay } from "./instruction.ts";
import { detectLanguage, type Language } from "./language.ts";
import { phrasesOf } from "./phrases.data.ts";
import { fitProse, snippetOf, writeProse } from "./prose.ts";
import { fillSchema } from "./schema/fill-schema.ts";
import { readHints, type Hints } from "./schema/hints.ts";
import { titlesIn } from "./titles.ts";

const snippetLength = 60;

export interface Asking {
  readonly question: Question;
  /** The user's last words without markers. */
  readonly text: string;
  readonly shape: AnswerShape;
  readonly random: SeededRandom;
}

/** What a choice says before stop sequences and limits are applied. */
type Draft =
  | { readonly kind: "text"; readonly text: string; readonly mayGrow: boolean }
  | { readonly kind: "calls"; readonly calls: readonly PlannedCall[] };

const hintsOf = (asking: Asking, language: Language): Hints => {
  const { question, shape, random, text } = asking;
  const chance = { probability: shape.hallucinate, random };
  const titles = inventTitles(titlesIn(question, language), language, chance);
  const prose = plantDefects(
    writeProse({ question, text, language, titles, random }),
    language,
    chance,
  );
  return readHints(text, { prose, language, titles, snippet: snippetOf(text, snippetLength) });
};

const draftChoice = (asking: Asking, language: Language): Draft => {
  const { question, random, shape, text } = asking;
  if (shape.twist?.kind === "refusal") {
    return { kind: "text", text: phrasesOf[language].refusal, mayGrow: false };
  }
  const hints = hintsOf(asking, language);
  const { toolUse } = question;
  const isForced = shape.twist?.kind === "cut-tool-json" && toolUse.kind === "auto";
  const willing: Question = isForced ? { ...question, toolUse: { kind: "required" } } : question;
  const calls = chooseTools(willing, hints, random);
  if (calls.length > 0) return { kind: "calls", calls };
  const { format } = question;
  if (format.kind === "schema") {
    const filled = JSON.stringify(fillSchema(format.schema, hints, random)) ?? "null";
    return { kind: "text", text: filled, mayGrow: false };
  }
  const said = wordsToSay(text);
  if (format.kind === "json") {
    const object = { answer: said ?? hints.prose, language, simulated: true };
    return { kind: "text", text: JSON.stringify(object), mayGrow: false };
  }
  return { kind: "text", text: said ?? hints.prose, mayGrow: true };
};

/** Cuts a text at the first of the stop sequences, which is not part of the answer. */
const stopAt = (text: string, stops: readonly string[]): Stopped => {
  let end = text.length;
  let stopSequence: string | null = null;
  for (const stop of stops) {
    const found = text.indexOf(stop);
    if (found === -1 || found >= end) continue;
    end = found;
    stopSequence = stop;
  }
  return { text: text.slice(0, end), stopSequence };
};

interface Stopped {
  readonly text: string;
  readonly stopSequence: string | null;
}

type Said = Omit<Choice, "thoughts">;

const textChoice = (asking: Asking, draft: Draft & { kind: "text" }, limit: number): Said => {
  const { question, shape } = asking;
  const language = detectLanguage(question, asking.text);
  const isGrown = draft.mayGrow && shape.tokens !== null;
  const grown = isGrown ? fitProse(draft.text, shape.tokens ?? 0, language) : null;
  const begun = begunAnswer(question);
  const all = grown?.join("") ?? draft.text;
  const text = begun === null ? all : restOf(all, begun);
  const stopped = question.stop.length > 0 ? stopAt(text, question.stop) : null;
  const isCut = stopped !== null || begun !== null;
  const whole = isCut ? splitTokens(stopped?.text ?? text) : (grown ?? splitTokens(text));
  const twist = shape.twist;
  const filterAt = twist !== null && "afterTokens" in twist ? twist.afterTokens : Infinity;
  const pieces = whole.slice(0, Math.min(limit, filterAt));
  let finish: Finish = pieces.length < whole.length ? "length" : "stop";
  if (filterAt < Infinity && filterAt <= limit) {
    finish = twist?.kind === "guardrail" ? "guardrail" : "filter";
  }
  const stopSequence = finish === "stop" ? (stopped?.stopSequence ?? null) : null;
  return { pieces, isRefusal: twist?.kind === "refusal", calls: [], finish, stopSequence };
};

const callId = (random: SeededRandom): string => `call_${random.bytes(12).toString("hex")}`;

const callsChoice = (asking: Asking, planned: readonly PlannedCall[], limit: number): Said => {
  const calls: ToolCall[] = [];
  const said = { pieces: null, isRefusal: false, calls, stopSequence: null };
  let left = limit;
  for (const plan of planned) {
    const nameTokens = countTokens(plan.name);
    if (nameTokens > left) return { ...said, finish: "length" };
    const whole = splitTokens(plan.arguments);
    const isCut = asking.shape.twist?.kind === "cut-tool-json";
    const mayTake = left - nameTokens;
    const pieces = whole.slice(0, isCut ? Math.min(mayTake, whole.length >> 1) : mayTake);
    calls.push({ id: callId(asking.random), name: plan.name, nameTokens, pieces });
    left -= nameTokens + pieces.length;
    if (pieces.length < whole.length && !isCut) {
      return { ...said, finish: "length" };
    }
  }
  return { ...said, finish: "tool" };
};

const tokensOf = (choice: Choice): number =>
  choice.calls.reduce(
    (sum, call) => sum + call.nameTokens + call.pieces.length,
    choice.pieces?.length ?? 0,
  );

/** What the model tells of its reasoning: as long as a scenario says, else a sentence or two. */
const thoughtsOf = (asking: Asking, language: Language): string[] => {
  const { question, shape, text } = asking;
  if (!question.thinking) return [];
  const phrases = phrasesOf[language];
  const asked = phrases.youAsked(snippetOf(text, snippetLength));
  const thought = [asked, ...phrases.sentences.slice(0, 1)].join(phrases.gap);
  return shape.reasoningTokens > 0
    ? fitProse(thought, shape.reasoningTokens, language)
    : splitTokens(thought);
};

/**
 * Answers a question. The same question, shape and state of `random` give the same reply; no choice
 * is longer than the question's `maxTokens`, hidden reasoning included.
 */
export const composeReply = (asking: Asking): Reply => {
  const { question, shape } = asking;
  const language = detectLanguage(question, asking.text);
  const maxTokens = question.maxTokens ?? Infinity;
  const thoughts = thoughtsOf(asking, language).slice(0, maxTokens);
  const wanted = question.thinking ? thoughts.length : shape.reasoningTokens;
  const reasoning = Math.min(wanted, maxTokens);
  const choices = Array.from({ length: question.choices }, (_, n): Choice => {
    const own = { ...asking, random: asking.random.fork(String(n)) };
    const draft = draftChoice(own, language);
    const limit = maxTokens - reasoning;
    const said =
      draft.kind === "text" ? textChoice(own, draft, limit) : callsChoice(own, draft.calls, limit);
    return { ...said, thoughts };
  });
  const input = countPrompt(question);
  const visible = choices.reduce((sum, choice) => sum + tokensOf(choice), 0);
  const cached = Math.min(shape.cachedTokens, input);
  return {
    choices,
    tokens: {
      input,
      cached,
      cacheWrite5m: 0,
      cacheWrite1h: 0,
      output: visible + reasoning * choices.length,
      reasoning: reasoning * choices.length,
    },
  };
};
