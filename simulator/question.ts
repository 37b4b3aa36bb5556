/** What a client asked for, in no dialect: all that an answer depends on. */
export interface Question {
  readonly model: string;
  readonly stream: boolean;
  /** Does the client want usage at the end of a stream? */
  readonly streamUsage: boolean;
  readonly turns: readonly Turn[];
  readonly tools: readonly ToolOffer[];
  readonly toolUse: ToolUse;
  readonly parallelTools: boolean;
  readonly format: AnswerFormat;
  readonly stop: readonly string[];
  readonly maxTokens: number | null;
  readonly choices: number;
  /** The client wants to read the model's reasoning. */
  readonly thinking: boolean;
  /** Where the prompt may be cut for a cache; empty unless the client asked for one. */
  readonly cuts: readonly PromptCut[];
}

/** A beginning of a prompt that a cache may hold. */
export interface PromptCut {
  /** Of everything up to here. */
  readonly tokens: number;
  readonly digest: string;
  /** How long it is to be kept; null where the client only passes by. */
  readonly keep: CacheLife | null;
}

export type CacheLife = "5m" | "1h";

export interface Turn {
  readonly role: "system" | "user" | "assistant" | "tool";
  readonly text: string;
  /** One entry per image: how closely it is to be looked at. */
  readonly images: readonly ImageDetail[];
  /** The texts of documents, which are no words of the speaker. */
  readonly documents: readonly string[];
  readonly calls: readonly { readonly name: string; readonly arguments: string }[];
}

export type ImageDetail = "low" | "high";

export interface ToolOffer {
  readonly name: string;
  readonly description: string;
  /** JSON Schema of the arguments, as parsed. */
  readonly parameters: unknown;
}

export type ToolUse =
  | { readonly kind: "auto" | "none" | "required" }
  | { readonly kind: "named"; readonly name: string };

export type AnswerFormat =
  | { readonly kind: "text" | "json" }
  | { readonly kind: "schema"; readonly schema: unknown };

const noTurn: Turn = { role: "user", text: "", images: [], documents: [], calls: [] };

/** The turn that is to be answered: the last one of the user, whatever stands behind it. */
export const lastUserTurn = (question: Question): Turn =>
  question.turns.findLast((turn) => turn.role === "user") ?? noTurn;
