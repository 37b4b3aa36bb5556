import {
  leftOutReasoning,
  type ReasoningRule,
  type TurnReader,
} from "../canonical/carried-reasoning.ts";
import { elementSpans } from "../framing/json-elements.ts";
import type { Span } from "../framing/json-scan.ts";
import type { Content, ContentPart, GenerateBody } from "./generate-body.ts";
import { camelName } from "./spelling.ts";
import { isObject } from "../field-rules.ts";
import { proofOf } from "./proof.ts";

const turns: TurnReader<Content, ContentPart> = {
  isAssistant: ({ role }) => role === "model",
  isUsers: ({ role, parts }) =>
    role !== "model" && !(parts ?? []).some(({ functionResponse }) => functionResponse),
  blocksOf: ({ parts }) => parts ?? [],
  proofOf: (part) => proofOf(part) ?? (part.thought === true ? "" : null),
  isCall: ({ functionCall }) => functionCall !== undefined,
};

/** Parts of a body of this dialect whose signatures are not for the target (WIR-13). */
export const foreignReasoning = (
  { contents }: GenerateBody,
  rule: ReasoningRule,
): ReadonlySet<ContentPart> =>
  // Thoughts without a signature are passed over by the provider.
  leftOutReasoning(contents, turns, { rule, keepsUnsigned: true, mustThink: false }).blocks;

interface ContentBytes {
  readonly bytes: Buffer;
  readonly list: Span;
}

/**
 * The JSON of `contents` without these thoughts, and without these signatures of what is no
 * thought: of a call the call stays. Null when all of it stays as it was written.
 */
export function withoutForeignProofs(
  { bytes, list }: ContentBytes,
  { contents }: GenerateBody,
  foreign: ReadonlySet<ContentPart>,
): string | null {
  if (foreign.size === 0) return null;
  const spans = elementSpans(bytes, list);
  const kept: string[] = [];
  for (const [index, { parts }] of contents.entries()) {
    const span = spans[index];
    if (span === undefined) return null;
    const text = bytes.toString("utf8", span.start, span.end);
    const written = (parts ?? []).some((part) => foreign.has(part))
      ? rewritten(text, parts ?? [], foreign)
      : text;
    if (written !== null) kept.push(written);
  }
  return kept.length === 0 ? null : `[${kept.join(",")}]`;
}

/** Null when nothing is left of it. */
function rewritten(
  text: string,
  parts: readonly ContentPart[],
  foreign: ReadonlySet<ContentPart>,
): string | null {
  const content: unknown = JSON.parse(text);
  if (!isObject(content) || !Array.isArray(content["parts"])) return text;
  const written: unknown[] = content["parts"];
  const kept = written.flatMap((raw, index) => {
    const part = parts[index];
    if (part === undefined || !foreign.has(part)) return [raw];
    return part.thought === true ? [] : [withoutSignature(raw)];
  });
  return kept.length === 0 ? null : JSON.stringify({ ...content, parts: kept });
}

const withoutSignature = (part: unknown): unknown =>
  isObject(part)
    ? Object.fromEntries(
        Object.entries(part).filter(([key]) => camelName(key) !== "thoughtSignature"),
      )
    : part;
