/**
 * Tokens of one call. `input` is the whole prompt: `cached` of it were read from a cache, the two
 * `cacheWrite` written to one. `output` includes `reasoning`.
 */
export interface TokenCounts {
  readonly input: number;
  readonly cached: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
  readonly output: number;
  readonly reasoning: number;
}

export const noTokens: TokenCounts = {
  input: 0,
  cached: 0,
  cacheWrite5m: 0,
  cacheWrite1h: 0,
  output: 0,
  reasoning: 0,
};

/** Tokens of the prompt that no cache had to do with. */
export const plainInput = ({ input, cached, cacheWrite5m, cacheWrite1h }: TokenCounts): number =>
  input - cached - cacheWrite5m - cacheWrite1h;

export type Finish = "stop" | "length" | "tool" | "filter" | "guardrail";

/** One choice of an answer, cut into the tokens in which a stream delivers it. */
export interface Choice {
  /** What the model tells of its reasoning, before all else; empty when it tells nothing. */
  readonly thoughts: readonly string[];
  /** Concatenated they are the text; null when the choice is tool calls alone. */
  readonly pieces: readonly string[] | null;
  readonly isRefusal: boolean;
  readonly calls: readonly ToolCall[];
  readonly finish: Finish;
  /** The stop sequence that ended the text. */
  readonly stopSequence: string | null;
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
  | { readonly kind: "filtered" | "guardrail"; readonly afterTokens: number }
  | { readonly kind: "refusal" | "cut-tool-json" };
