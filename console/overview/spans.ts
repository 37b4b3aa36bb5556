import type { Words } from "../words/words.ts";

/** The spans of time that can be looked at. */
export const spans = [
  "minute",
  "five",
  "fifteen",
] as const satisfies readonly (keyof Words["bar"]["spans"])[];
export type Span = (typeof spans)[number];

export const spanSeconds: Readonly<Record<Span, number>> = { minute: 60, five: 300, fifteen: 900 };
