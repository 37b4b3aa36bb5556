import type { CanonicalEvent, FinishReason } from "./event.ts";

export const start: Extract<CanonicalEvent, { type: "start" }> = {
  type: "start",
  model: "m",
  upstreamId: "up",
  createdMs: null,
};

export const finish = (
  reason: FinishReason,
  stopSequence: string | null = null,
): CanonicalEvent => ({ type: "finish", reason, stopSequence });

export const text = (words: string): CanonicalEvent => ({ type: "text", text: words });

export const toolStart = (index: number, id: string, name: string): CanonicalEvent => ({
  type: "toolStart",
  index,
  id,
  name,
});

export const toolDelta = (index: number, words: string): CanonicalEvent => ({
  type: "toolDelta",
  index,
  arguments: words,
});

export const toolEnd = (index: number): CanonicalEvent => ({ type: "toolEnd", index });
