import type { AnswerContext } from "../canonical/codec.ts";
import type { FinishReason } from "../canonical/event.ts";
import type { Usage } from "../canonical/usage.ts";
import { isObject } from "../field-rules.ts";
import { writeFinishReason } from "./finish-reason.ts";
import { writeRedacted } from "./proof.ts";
import { writeUsage } from "./usage.ts";

export const textPart = (text: string): string => `{"text":${JSON.stringify(text)}}`;

export interface Thought {
  readonly text: string;
  readonly signature?: string;
  readonly redacted?: string;
}

export function thoughtPart({ text, signature, redacted }: Thought): string {
  const proof = redacted === undefined ? signature : writeRedacted(redacted);
  return JSON.stringify({
    text,
    thought: true,
    ...(proof === undefined ? {} : { thoughtSignature: proof }),
  });
}

/** Arguments as they were written: a number keeps its literal. No object becomes an empty one. */
export function callPart(id: string, name: string, args: string): string {
  const head = JSON.stringify({ id, name }).slice(0, -1);
  return `{"functionCall":${head},"args":${isJsonObject(args) ? args : "{}"}}}`;
}

function isJsonObject(text: string): boolean {
  try {
    return isObject(JSON.parse(text));
  } catch {
    return false;
  }
}

/** What an answer, or a chunk of one, says beside its parts. */
export interface AnswerEnd {
  readonly model: string;
  readonly reason: FinishReason | null;
  readonly usage: Usage | null;
}

/** A whole answer, or a chunk of one, with these parts as JSON. */
export function answerJson(
  parts: readonly string[],
  { model, reason, usage }: AnswerEnd,
  context: AnswerContext,
): string {
  const finish = reason === null ? "" : `,"finishReason":"${writeFinishReason(reason)}"`;
  const content = `"content":{"parts":[${parts.join(",")}],"role":"model"}`;
  const counted = usage === null ? {} : { usageMetadata: writeUsage(usage) };
  const rest = JSON.stringify({
    ...counted,
    modelVersion: model === "" ? context.model : model,
    responseId: context.id,
  }).slice(1);
  return `{"candidates":[{${content}${finish},"index":0}],${rest}`;
}
