/** Makers whose native bodies of InvokeModel are translated; the answer is in the same words. */
export type NativeWords = "claude" | "nova" | "titan-text";
