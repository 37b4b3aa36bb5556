import type { Dialect } from "./request.ts";

/**
 * What becomes of a feature at a target of another dialect (WIR-13). What an answer means depends
 * on what is refused; what is dropped only tunes it, and the client is told. What is fetched stands
 * behind a URL, for a target that takes bytes alone: it is carried once it is there.
 */
export type Carriage = "carry" | "fetch" | "drop" | "refuse";

export interface CarriageRow {
  /** In a sentence: "carries …". */
  readonly what: string;
  readonly openai: Carriage;
  readonly anthropic: Carriage;
  /** Converse. */
  readonly bedrock: Carriage;
  /** Claude's native body of InvokeModel: Anthropic's words, as far as Bedrock takes them. */
  readonly invoke: Carriage;
  readonly gemini: Carriage;
  /** A provider package of the AI SDK: the words of its specification. */
  readonly aiSdk: Carriage;
}

/** Dialects that a request can be written in. */
export type TargetDialect = Exclude<keyof CarriageRow, "what">;

/**
 * Whose words a target understands as they are: what only they know is carried to it. Bedrock
 * refuses members of Anthropic's that it does not know, so its native body is nobody's own; nor are
 * the words of the AI SDK.
 */
export const wordsOfTarget = {
  openai: "openai",
  anthropic: "anthropic",
  bedrock: "bedrock",
  invoke: null,
  gemini: "gemini",
  aiSdk: null,
} as const satisfies Record<TargetDialect, Dialect | null>;

const row = (what: string, columns: Omit<CarriageRow, "what">): CarriageRow => ({
  what,
  ...columns,
});

/**
 * Feature × words of the target. A column is a dialect, or what a provider makes of one; a feature
 * is named as it stands in `x-sekisho-dropped`. The table in the docs and the contract matrix are
 * made of it.
 */
export const carriage = {
  // What the answer is
  choices: row("more than one answer", {
    openai: "carry",
    anthropic: "refuse",
    bedrock: "refuse",
    invoke: "refuse",
    gemini: "refuse",
    aiSdk: "refuse",
  }),
  logprobs: row("log probabilities", {
    openai: "carry",
    anthropic: "refuse",
    bedrock: "refuse",
    invoke: "refuse",
    gemini: "refuse",
    aiSdk: "refuse",
  }),
  json_mode: row("JSON of any form", {
    openai: "carry",
    anthropic: "refuse",
    bedrock: "refuse",
    invoke: "refuse",
    gemini: "carry",
    aiSdk: "carry",
  }),
  json_schema: row("a JSON schema for the answer", {
    openai: "carry",
    anthropic: "carry",
    bedrock: "carry",
    invoke: "carry",
    gemini: "carry",
    aiSdk: "carry",
  }),
  stop: row("stop sequences", {
    openai: "carry",
    anthropic: "carry",
    bedrock: "carry",
    invoke: "carry",
    gemini: "carry",
    aiSdk: "carry",
  }),
  // What the model may do
  tools: row("tools", {
    openai: "carry",
    anthropic: "carry",
    bedrock: "carry",
    invoke: "carry",
    gemini: "carry",
    aiSdk: "carry",
  }),
  tool_choice: row("a choice of tools", {
    openai: "carry",
    anthropic: "carry",
    bedrock: "carry",
    invoke: "carry",
    gemini: "carry",
    aiSdk: "carry",
  }),
  parallel_tools: row("the switch for parallel calls", {
    openai: "carry",
    anthropic: "carry",
    bedrock: "carry",
    invoke: "carry",
    gemini: "drop",
    aiSdk: "drop",
  }),
  tool_examples: row("examples of a tool's arguments", {
    openai: "drop",
    anthropic: "carry",
    bedrock: "drop",
    invoke: "carry",
    gemini: "drop",
    aiSdk: "carry",
  }),
  server_tools: row("tools that the provider runs", {
    openai: "refuse",
    anthropic: "refuse",
    bedrock: "refuse",
    invoke: "refuse",
    gemini: "refuse",
    aiSdk: "refuse",
  }),
  guardrails: row("guardrails of the provider", {
    openai: "refuse",
    anthropic: "refuse",
    bedrock: "refuse",
    invoke: "refuse",
    gemini: "refuse",
    aiSdk: "refuse",
  }),
  data_residency: row("a region for the data", {
    openai: "refuse",
    anthropic: "refuse",
    bedrock: "refuse",
    invoke: "refuse",
    gemini: "refuse",
    aiSdk: "refuse",
  }),
  // What the model reads
  // By models that are known to take them; the writers refuse for others.
  mid_system: row("instructions in mid-conversation", {
    openai: "carry",
    anthropic: "carry",
    bedrock: "carry",
    invoke: "carry",
    gemini: "refuse",
    aiSdk: "carry",
  }),
  image_url: row("images by URL", {
    openai: "carry",
    anthropic: "carry",
    bedrock: "fetch",
    invoke: "fetch",
    gemini: "fetch",
    aiSdk: "fetch",
  }),
  image_bytes: row("images", {
    openai: "carry",
    anthropic: "carry",
    bedrock: "carry",
    invoke: "carry",
    gemini: "carry",
    aiSdk: "carry",
  }),
  image_detail: row("how closely an image is read", {
    openai: "carry",
    anthropic: "drop",
    bedrock: "drop",
    invoke: "drop",
    gemini: "drop",
    aiSdk: "drop",
  }),
  document_url: row("documents by URL", {
    openai: "fetch",
    anthropic: "carry",
    bedrock: "fetch",
    invoke: "fetch",
    gemini: "fetch",
    aiSdk: "fetch",
  }),
  document_bytes: row("documents", {
    openai: "carry",
    anthropic: "carry",
    bedrock: "carry",
    invoke: "carry",
    gemini: "carry",
    aiSdk: "carry",
  }),
  document_context: row("notes on a document", {
    openai: "refuse",
    anthropic: "carry",
    bedrock: "carry",
    invoke: "carry",
    gemini: "refuse",
    aiSdk: "refuse",
  }),
  document_citations: row("citations of documents", {
    openai: "refuse",
    anthropic: "carry",
    bedrock: "carry",
    invoke: "carry",
    gemini: "refuse",
    aiSdk: "refuse",
  }),
  file_id: row("files that another provider keeps", {
    openai: "refuse",
    anthropic: "refuse",
    bedrock: "refuse",
    invoke: "refuse",
    gemini: "refuse",
    aiSdk: "refuse",
  }),
  audio: row("audio", {
    openai: "refuse",
    anthropic: "refuse",
    bedrock: "refuse",
    invoke: "refuse",
    gemini: "refuse",
    aiSdk: "refuse",
  }),
  tool_result_media: row("images in tool results", {
    openai: "refuse",
    anthropic: "carry",
    bedrock: "carry",
    invoke: "carry",
    gemini: "refuse",
    aiSdk: "refuse",
  }),
  tool_error: row("the mark of a failed tool", {
    openai: "drop",
    anthropic: "carry",
    bedrock: "carry",
    invoke: "carry",
    gemini: "carry",
    aiSdk: "carry",
  }),
  text_citations: row("citations in earlier answers", {
    openai: "drop",
    anthropic: "drop",
    bedrock: "drop",
    invoke: "drop",
    gemini: "drop",
    aiSdk: "drop",
  }),
  reasoning_signed: row("signed reasoning", {
    openai: "drop",
    anthropic: "carry",
    bedrock: "carry",
    invoke: "carry",
    gemini: "carry",
    aiSdk: "carry",
  }),
  reasoning_plain: row("reasoning without a signature", {
    openai: "drop",
    anthropic: "drop",
    bedrock: "drop",
    invoke: "drop",
    gemini: "drop",
    aiSdk: "drop",
  }),
  participant_names: row("names of participants", {
    openai: "carry",
    anthropic: "drop",
    bedrock: "drop",
    invoke: "drop",
    gemini: "drop",
    aiSdk: "drop",
  }),
  // What tunes
  temperature: row("temperature", {
    openai: "carry",
    anthropic: "carry",
    bedrock: "carry",
    invoke: "carry",
    gemini: "carry",
    aiSdk: "carry",
  }),
  top_p: row("top_p", {
    openai: "carry",
    anthropic: "carry",
    bedrock: "carry",
    invoke: "carry",
    gemini: "carry",
    aiSdk: "carry",
  }),
  top_k: row("top_k", {
    openai: "drop",
    anthropic: "carry",
    bedrock: "carry",
    invoke: "carry",
    gemini: "carry",
    aiSdk: "carry",
  }),
  seed: row("a seed", {
    openai: "carry",
    anthropic: "drop",
    bedrock: "drop",
    invoke: "drop",
    gemini: "carry",
    aiSdk: "carry",
  }),
  frequency_penalty: row("a frequency penalty", {
    openai: "carry",
    anthropic: "drop",
    bedrock: "drop",
    invoke: "drop",
    gemini: "carry",
    aiSdk: "carry",
  }),
  presence_penalty: row("a presence penalty", {
    openai: "carry",
    anthropic: "drop",
    bedrock: "drop",
    invoke: "drop",
    gemini: "carry",
    aiSdk: "carry",
  }),
  logit_bias: row("token biases", {
    openai: "carry",
    anthropic: "drop",
    bedrock: "drop",
    invoke: "drop",
    gemini: "drop",
    aiSdk: "drop",
  }),
  extra_sampling: row("sampling beyond OpenAI's own", {
    openai: "carry",
    anthropic: "drop",
    bedrock: "drop",
    invoke: "drop",
    gemini: "drop",
    aiSdk: "drop",
  }),
  reasoning_effort: row("OpenAI's reasoning effort", {
    openai: "carry",
    anthropic: "drop",
    bedrock: "drop",
    invoke: "drop",
    gemini: "drop",
    aiSdk: "carry",
  }),
  thinking: row("Anthropic's thinking and effort, and Gemini's", {
    openai: "drop",
    anthropic: "carry",
    bedrock: "carry",
    invoke: "carry",
    gemini: "carry",
    aiSdk: "drop",
  }),
  model_fields: row("fields of one model by way of Converse", {
    openai: "drop",
    anthropic: "carry",
    bedrock: "carry",
    invoke: "carry",
    gemini: "drop",
    aiSdk: "drop",
  }),
  verbosity: row("verbosity", {
    openai: "carry",
    anthropic: "drop",
    bedrock: "drop",
    invoke: "drop",
    gemini: "drop",
    aiSdk: "drop",
  }),
  prediction: row("a predicted answer", {
    openai: "carry",
    anthropic: "drop",
    bedrock: "drop",
    invoke: "drop",
    gemini: "drop",
    aiSdk: "drop",
  }),
  gemini_options: row("options of Gemini's that tune or label", {
    openai: "drop",
    anthropic: "drop",
    bedrock: "drop",
    invoke: "drop",
    gemini: "carry",
    aiSdk: "drop",
  }),
  context_editing: row("edits of a long context", {
    openai: "drop",
    anthropic: "carry",
    bedrock: "drop",
    invoke: "carry",
    gemini: "drop",
    aiSdk: "drop",
  }),
  betas: row("features of Anthropic's in beta", {
    openai: "drop",
    anthropic: "carry",
    bedrock: "drop",
    invoke: "carry",
    gemini: "drop",
    aiSdk: "drop",
  }),
  cache_points: row("cache points", {
    openai: "drop",
    anthropic: "carry",
    bedrock: "carry",
    invoke: "carry",
    gemini: "drop",
    aiSdk: "drop",
  }),
  auto_cache: row("a cache point that the provider sets", {
    openai: "drop",
    anthropic: "carry",
    bedrock: "drop",
    invoke: "drop",
    gemini: "drop",
    aiSdk: "drop",
  }),
  cache_hints: row("OpenAI's cache keys", {
    openai: "carry",
    anthropic: "drop",
    bedrock: "drop",
    invoke: "drop",
    gemini: "drop",
    aiSdk: "drop",
  }),
  service_tier: row("a service tier", {
    openai: "drop",
    anthropic: "drop",
    bedrock: "drop",
    invoke: "drop",
    gemini: "drop",
    aiSdk: "drop",
  }),
  storage: row("storage at the provider", {
    openai: "carry",
    anthropic: "drop",
    bedrock: "drop",
    invoke: "drop",
    gemini: "drop",
    aiSdk: "drop",
  }),
  diagnostics: row("diagnostics", {
    openai: "drop",
    anthropic: "drop",
    bedrock: "drop",
    invoke: "drop",
    gemini: "drop",
    aiSdk: "drop",
  }),
  user: row("the end user", {
    openai: "carry",
    anthropic: "carry",
    bedrock: "drop",
    invoke: "carry",
    gemini: "drop",
    aiSdk: "drop",
  }),
  metadata: row("metadata", {
    openai: "carry",
    anthropic: "drop",
    bedrock: "carry",
    invoke: "drop",
    gemini: "drop",
    aiSdk: "drop",
  }),
  // What nobody here knows may change the answer.
  unknown_field: row("a field of another dialect", {
    openai: "refuse",
    anthropic: "refuse",
    bedrock: "refuse",
    invoke: "refuse",
    gemini: "refuse",
    aiSdk: "refuse",
  }),
} as const satisfies Record<string, CarriageRow>;

export type Feature = keyof typeof carriage;

/** What a client may give by URL, and how that is called here. */
export const urlFeatures = {
  image: "image_url",
  document: "document_url",
} as const satisfies Record<string, Feature>;

export type MediaKind = keyof typeof urlFeatures;

const openAiFields: Readonly<Record<string, Feature>> = {
  n: "choices",
  logprobs: "logprobs",
  top_logprobs: "logprobs",
  logit_bias: "logit_bias",
  web_search_options: "server_tools",
  reasoning_effort: "reasoning_effort",
  verbosity: "verbosity",
  prediction: "prediction",
  audio: "audio",
  store: "storage",
  service_tier: "service_tier",
  prompt_cache_key: "cache_hints",
  prompt_cache_retention: "cache_hints",
  prompt_cache_options: "cache_hints",
  // Of servers that are compatible with OpenAI.
  top_k: "extra_sampling",
  top_a: "extra_sampling",
  min_p: "extra_sampling",
  typical_p: "extra_sampling",
  repetition_penalty: "extra_sampling",
  length_penalty: "extra_sampling",
};

const anthropicFields: Readonly<Record<string, Feature>> = {
  // In a header on its own surface, in the body on Bedrock.
  anthropic_beta: "betas",
  thinking: "thinking",
  output_config: "thinking",
  cache_control: "auto_cache",
  container: "server_tools",
  mcp_servers: "server_tools",
  context_management: "context_editing",
  diagnostics: "diagnostics",
  inference_geo: "data_residency",
  service_tier: "service_tier",
  speed: "service_tier",
};

const bedrockFields: Readonly<Record<string, Feature>> = {
  guardrailConfig: "guardrails",
  additionalModelRequestFields: "model_fields",
  additionalModelResponseFieldPaths: "diagnostics",
  performanceConfig: "service_tier",
  serviceTier: "service_tier",
};

/** Members of Gemini's inside another member stand in `rest` under their whole path. */
const geminiFields: Readonly<Record<string, Feature>> = {
  safetySettings: "guardrails",
  // What it holds is a part of the prompt.
  cachedContent: "file_id",
  labels: "gemini_options",
  serviceTier: "service_tier",
  store: "gemini_options",
  "generationConfig.thinkingConfig": "thinking",
  "generationConfig.mediaResolution": "gemini_options",
  "generationConfig.speechConfig": "audio",
};

/**
 * What the members of `rest` are, by the dialect whose words they are. One that is not listed is
 * `unknown_field`.
 */
export const fieldFeatures: Readonly<Record<Dialect, ReadonlyMap<string, Feature>>> = {
  openai: new Map(Object.entries(openAiFields)),
  anthropic: new Map(Object.entries(anthropicFields)),
  bedrock: new Map(Object.entries(bedrockFields)),
  gemini: new Map(Object.entries(geminiFields)),
};

/** Values that ask for nothing, beside `false` and what is empty. */
export const neutralValues: ReadonlyMap<string, readonly unknown[]> = new Map<
  string,
  readonly unknown[]
>([
  ["n", [1]],
  ["service_tier", ["auto", "default", "standard"]],
  ["speed", ["standard"]],
  ["serviceTier", ["standard", "STANDARD"]],
  ["generationConfig.candidateCount", [1]],
]);
