/** By the start of a name without its region and vendor; the first that fits counts. */
const families: readonly (readonly [pattern: RegExp, family: string])[] = [
  // From 4.7 on a text has up to a third more tokens.
  [/claude-(?:(?:opus|sonnet|haiku)-)?(?:[123]|4(?!-[7-9]))/, "claude-4"],
  [/claude/, "claude"],
  // o200k in place of cl100k: about half the tokens of Japanese.
  [/^gpt-(?:3|4(?!o|\.))/, "gpt-4"],
  [/^(?:gpt|o\d|chatgpt)/, "gpt"],
  [/^gemini/, "gemini"],
  [/nova/, "nova"],
  [/titan/, "titan"],
  [/^command|cohere/, "cohere"],
  [/llama/, "llama"],
  [/mistral|mixtral|ministral/, "mistral"],
  [/qwen/, "qwen"],
  [/deepseek/, "deepseek"],
];

/** Whose models count a text alike, as far as is known; few, so that they can be labels. */
export function tokenizerFamily(upstreamModel: string): string {
  const name = upstreamModel.toLowerCase();
  return families.find(([pattern]) => pattern.test(name))?.[1] ?? "other";
}
