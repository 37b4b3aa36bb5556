/** Tokens of one call. `input` includes `cached`, `output` includes `reasoning`. */
export interface TokenCounts {
  readonly input: number;
  readonly cached: number;
  readonly output: number;
  readonly reasoning: number;
}

export const noTokens: TokenCounts = { input: 0, cached: 0, output: 0, reasoning: 0 };

export type Finish = "stop" | "length" | "tool" | "filter";

/** One choice of an answer, cut into the tokens in which a stream delivers it. */
export interface Choice {
  /** Concatenated they are the text; null when the choice is tool calls alone. */
  readonly pieces: readonly string[] | null;
  readonly isRefusal: boolean;
  readonly calls: readonly ToolCall[];
  readonly finish: Finish;
}

export interface ToolCall {
  readonly id: string;
  readonly name: string;
  readonly nameTokens: number;
  /** Concatenated they are the JSON of the arguments. */
  readonly pieces: readonly string[];
}

/** A whole answer, in no dialect. */
export interface Reply {
  readonly choices: readonly Choice[];
  readonly tokens: TokenCounts;
}

/** What a scenario changes in an answer itself; two calls with equal shapes get equal answers. */
export interface AnswerShape {
  /** The exact length of a text answer, null for its natural length. */
  readonly tokens: number | null;
  readonly cachedTokens: number;
  readonly reasoningTokens: number;
  /** Probability of each defect that a checker should find. */
  readonly hallucinate: number;
  readonly twist: Twist | null;
}

export type Twist =
  | { readonly kind: "filtered"; readonly afterTokens: number }
  | { readonly kind: "refusal" | "cut-tool-json" };
