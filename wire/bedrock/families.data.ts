/** Whose words a native body of InvokeModel uses. */
export type Family =
  | "claude"
  | "nova"
  | "titan-text"
  | "titan-embed"
  | "cohere-embed"
  | "cohere"
  | "llama"
  | "mistral"
  | "ai21"
  | "deepseek"
  | "openai"
  | "qwen"
  | "unknown";

/** By the start of a foundation model's id; the first that fits counts. */
export const familiesById: readonly (readonly [start: string, family: Family])[] = [
  ["anthropic.claude", "claude"],
  ["amazon.nova", "nova"],
  ["amazon.titan-embed", "titan-embed"],
  ["amazon.titan-text", "titan-text"],
  ["amazon.titan-tg1", "titan-text"],
  ["cohere.embed", "cohere-embed"],
  ["cohere.", "cohere"],
  ["meta.llama", "llama"],
  ["mistral.", "mistral"],
  ["ai21.", "ai21"],
  ["deepseek.", "deepseek"],
  ["openai.", "openai"],
  ["qwen.", "qwen"],
];

/** Where a native body keeps the limit of its answer: a member, or one inside another. */
export interface LimitPlace {
  readonly holder: "inferenceConfig" | "textGenerationConfig" | null;
  readonly key: LimitKey;
}

export const limitKeys = [
  "max_tokens",
  "max_completion_tokens",
  "max_gen_len",
  "maxTokens",
  "max_new_tokens",
  "maxTokenCount",
  "max_tokens_to_sample",
] as const;

export type LimitKey = (typeof limitKeys)[number];

const place = (key: LimitKey, holder: LimitPlace["holder"] = null): LimitPlace => ({ holder, key });

/** Where it is put when a body of this family has none; null where an answer has no length. */
export const limitPlaces: Readonly<Record<Family, LimitPlace | null>> = {
  claude: place("max_tokens"),
  nova: place("maxTokens", "inferenceConfig"),
  "titan-text": place("maxTokenCount", "textGenerationConfig"),
  "titan-embed": null,
  "cohere-embed": null,
  cohere: place("max_tokens"),
  llama: place("max_gen_len"),
  mistral: place("max_tokens"),
  ai21: place("max_tokens"),
  deepseek: place("max_tokens"),
  openai: place("max_completion_tokens"),
  qwen: place("max_tokens"),
  unknown: null,
};

/** Their bodies hold text alone: its bytes bound its tokens. */
export const textFamilies: ReadonlySet<Family> = new Set<Family>([
  "titan-text",
  "cohere",
  "ai21",
  "deepseek",
]);
