import { moderationCategoryNames } from "@sekisho/wire/openai/moderation-categories.data.ts";
import type { Dice } from "../base/dice.ts";
import type { AnswerPlan } from "../scenario/scenario.ts";
import type { Tokens } from "./bill.ts";

export type FrameKind =
  | "comment"
  | "role"
  | "content"
  | "finish"
  | "usage"
  | "done"
  | "error"
  | "broken"
  | "extra";

/** One server-sent event of an answer. */
export interface Frame {
  readonly kind: FrameKind;
  readonly bytes: Buffer;
  /** What the model says in it. */
  readonly text: string;
}

/** What an honest and complete answer to a request consists of. */
export interface ChatAnswer {
  readonly id: string;
  readonly model: string;
  readonly pieces: readonly string[];
  readonly finish: "stop" | "length";
  readonly tokens: Tokens;
  /** Where it is no chat: how many vectors it has. */
  readonly vectors: number | null;
}

export interface ChatQuestion {
  readonly n: number;
  readonly attempt: number;
  readonly model: string;
  readonly maxTokens: number;
  readonly promptBytes: number;
  readonly messages: number;
}

const words = [
  "shelf",
  "volume",
  "漫画",
  "第三巻",
  "送料",
  "こんにちは",
  "📚",
  "👩‍👧",
  "é\u0301",
  'say "yes"',
  "back\\slash",
  "line\nbreak",
  "data: [DONE]",
  "Ω≈ç√",
] as const;

/** The provider's answer: its text is like no other's, so that a mix-up would be seen. */
export function chatAnswer(question: ChatQuestion, plan: AnswerPlan, dice: Dice): ChatAnswer {
  const pieces: string[] = [];
  let completion = 0;
  let isCut = false;
  for (let frame = 0; frame < plan.frames; frame += 1) {
    if (completion + plan.tokensPerFrame > question.maxTokens) {
      isCut = true;
      break;
    }
    completion += plan.tokensPerFrame;
    const mark = `<${question.n}.${question.attempt}.${frame}>`;
    pieces.push(`${mark} ${dice.pick(words)} ${".".repeat(plan.padding)}`);
  }
  const prompt = promptTokens(question);
  const cached = dice.chance(0.2) ? dice.whole(0, prompt) : 0;
  return {
    id: `chatcmpl-${question.n}-${question.attempt}`,
    model: question.model,
    pieces,
    finish: isCut ? "length" : "stop",
    tokens: { prompt, cached, completion },
    vectors: null,
  };
}

/** A number that no other call has, for verdicts and vectors by which a mix-up would be seen. */
export const markOf = ({ n, attempt }: Pick<ChatQuestion, "n" | "attempt">): number =>
  ((n * 8 + attempt) % 100_000) / 100_000;

const promptTokens = ({ promptBytes, messages }: ChatQuestion): number =>
  Math.ceil(promptBytes / 4) + 3 * messages + 3;

/** A moderation's verdict, in words that its client's gateway must understand. */
export function verdictAnswer(question: ChatQuestion): ChatAnswer {
  const scores = moderationCategoryNames.map((name) => [name, markOf(question)]);
  return {
    id: `chatcmpl-${question.n}-${question.attempt}`,
    model: question.model,
    pieces: [JSON.stringify(Object.fromEntries(scores))],
    finish: "stop",
    tokens: { prompt: promptTokens(question), cached: 0, completion: scores.length },
    vectors: null,
  };
}

/** Vectors of as many inputs as were asked for. */
export const vectorAnswer = (question: ChatQuestion): ChatAnswer => ({
  id: `emb-${question.n}-${question.attempt}`,
  model: question.model,
  pieces: [],
  finish: "stop",
  tokens: { prompt: promptTokens(question), cached: 0, completion: 0 },
  vectors: question.messages,
});

/** Vectors as one document. */
export const vectorDocument = (
  { model, vectors, id }: ChatAnswer,
  usage: object | undefined,
): string =>
  JSON.stringify({
    object: "list",
    data: Array.from({ length: vectors ?? 0 }, (_, index) => ({
      object: "embedding",
      index,
      embedding: [id.length, index, 0.5],
    })),
    model,
    id,
    usage,
  });

export const usageOf = ({ prompt, cached, completion }: Tokens): object => ({
  prompt_tokens: prompt,
  completion_tokens: completion,
  total_tokens: prompt + completion,
  prompt_tokens_details: { cached_tokens: cached },
  completion_tokens_details: { reasoning_tokens: 0 },
});

/** The answer as one document. `usage` undefined leaves it out. */
export const wholeDocument = (answer: ChatAnswer, usage: object | undefined): string =>
  JSON.stringify({
    id: answer.id,
    object: "chat.completion",
    created: 1_767_225_600,
    model: answer.model,
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: answer.pieces.join(""), refusal: null },
        logprobs: null,
        finish_reason: answer.finish,
      },
    ],
    usage,
  });

/** How a server writes its events. */
export interface StreamStyle {
  readonly lineEnd: "\n" | "\r\n";
  readonly escapes: boolean;
  readonly role: boolean;
  readonly usage: "own chunk" | "in the finish chunk";
  readonly comments: boolean;
}

export const drawStyle = (dice: Dice): StreamStyle => ({
  lineEnd: dice.chance(0.15) ? "\r\n" : "\n",
  escapes: dice.chance(0.15),
  role: dice.chance(0.9),
  usage: dice.chance(0.85) ? "own chunk" : "in the finish chunk",
  comments: dice.chance(0.15),
});

/** Writes the frames of one stream. */
export class FrameWriter {
  readonly #head: object;
  readonly #style: StreamStyle;

  constructor({ id, model }: ChatAnswer, style: StreamStyle) {
    this.#head = { id, object: "chat.completion.chunk", created: 1_767_225_600, model };
    this.#style = style;
  }

  role(): Frame {
    return this.#delta("role", { role: "assistant", content: "" });
  }

  content(text: string): Frame {
    return { ...this.#delta("content", { content: text }), text };
  }

  finish(reason: string, usage?: object): Frame {
    const choices = [{ index: 0, delta: {}, logprobs: null, finish_reason: reason }];
    return this.#json("finish", {
      ...this.#head,
      choices,
      ...(usage === undefined ? {} : { usage }),
    });
  }

  usage(usage: object): Frame {
    return this.#json("usage", { ...this.#head, choices: [], usage });
  }

  done(): Frame {
    return this.#frame("done", "data: [DONE]");
  }

  comment(): Frame {
    return this.#frame("comment", ": still here");
  }

  error(): Frame {
    const error = { message: "Overloaded", type: "server_error", code: null };
    return this.#json("error", { error });
  }

  broken(): Frame {
    return this.#frame("broken", 'data: {"id":"x","choices":[{"delta":{"content":"half');
  }

  #delta(kind: FrameKind, delta: object): Frame {
    const choices = [{ index: 0, delta, logprobs: null, finish_reason: null }];
    return this.#json(kind, { ...this.#head, choices, usage: null });
  }

  #json(kind: FrameKind, value: object): Frame {
    const json = JSON.stringify(value);
    return this.#frame(kind, `data: ${this.#style.escapes ? escaped(json) : json}`);
  }

  #frame(kind: FrameKind, line: string): Frame {
    const { lineEnd } = this.#style;
    return { kind, bytes: Buffer.from(line + lineEnd + lineEnd), text: "" };
  }
}

const escaped = (json: string): string =>
  json.replaceAll(
    /[^\x20-\x7e]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
