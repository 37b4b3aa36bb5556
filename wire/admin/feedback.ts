import type { Parsed } from "../result.ts";
import { refuse } from "../result.ts";
import { Fields, type FieldCode } from "./_fields.ts";

/** Body of `POST /v1/responses/{id}/feedback`. */
export interface FeedbackRequest {
  /** From -1, bad, to 1, good. */
  readonly score: number;
  readonly labels: readonly string[];
  readonly comment: string | null;
}

/** Its answer. */
export interface FeedbackView extends FeedbackRequest {
  readonly response: string;
  /** The arm of a split that it counts for; null where the model is none. */
  readonly arm: string | null;
  /** RFC 3339. */
  readonly at: string;
}

const maxLabels = 10;
const label = {
  pattern: /^[\p{L}\p{N}][\p{L}\p{N} ._-]{0,63}$/u,
  says: "a label of 1 to 64 letters, digits, spaces and ._-",
  most: maxLabels,
};
const anyComment = { pattern: /^[^\p{Cs}]{1,2000}$/su, says: "a text of 1 to 2,000 characters" };

export function parseFeedback(body: unknown): Parsed<FeedbackRequest, FieldCode> {
  const fields = new Fields(body, ["score", "labels", "comment"]);
  const labels = fields.anyList("labels", label) ?? [];
  const comment = fields.optional("comment", anyComment);
  const read = fields.done(null);
  if (!read.ok) return read;
  // `Fields` has found an object.
  const { score } = body as { readonly score?: unknown };
  if (score === undefined || score === null) {
    return refuse("missing_field", "score", "Cannot read the body: score is missing");
  }
  if (typeof score !== "number" || !(score >= -1 && score <= 1)) {
    return refuse("invalid_value", "score", "Cannot read the body: score must be from -1 to 1");
  }
  return { ok: true, value: { score, labels, comment } };
}
