/** Tokens of a prompt at most, by the start of an upstream name; the first that fits counts. */
export const windows: readonly (readonly [start: string, tokens: number])[] = [
  ["gpt-3.5-turbo", 16_385],
  ["gpt-4-turbo", 128_000],
  ["gpt-4o", 128_000],
  ["gpt-4", 8_192],
  ["claude-v2:1", 200_000],
  ["claude-v2", 100_000],
  ["claude-3", 200_000],
  ["claude-haiku-4-5", 200_000],
  ["gemini-1.5-pro", 2_097_152],
  ["gemini-1.5-flash", 1_048_576],
  ["nova-micro", 128_000],
  ["nova-lite", 300_000],
  ["nova-pro", 300_000],
];
