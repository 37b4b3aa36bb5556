import type { AnswerContext } from "../canonical/codec.ts";
import type { CanonicalEvent } from "../canonical/event.ts";
import type { Usage } from "../canonical/usage.ts";
import type { OutputItem } from "./output-items.ts";
import { writeUsage } from "./usage.ts";

/** What a response is at one moment. */
export interface ResponseState {
  readonly status: "in_progress" | "completed" | "incomplete" | "failed" | "cancelled";
  readonly incomplete: string | null;
  readonly error: { readonly code: string | null; readonly message: string } | null;
  readonly output: readonly OutputItem[];
  readonly usage: Usage | null;
}

type Start = Pick<Extract<CanonicalEvent, { type: "start" }>, "model" | "createdMs">;

/** Where the answer begins without a word of the provider's. */
export const noStart: Start = { model: "", createdMs: null };

/** The object that a whole answer is, and that the first and last events of a stream carry. */
export function responseJson(state: ResponseState, start: Start, context: AnswerContext): string {
  const createdMs = start.createdMs ?? context.createdMs;
  const { status, incomplete, error, output, usage } = state;
  const members = {
    id: context.id,
    object: "response",
    created_at: Math.floor(createdMs / 1000),
    status,
    background: context.kept?.isBackground ?? false,
    error,
    incomplete_details: incomplete === null ? null : { reason: incomplete },
    model: start.model === "" ? context.model : start.model,
    output,
    previous_response_id: context.kept?.previous ?? null,
    store: context.kept !== undefined,
    // Whatever was asked for: conversations are not cut.
    truncation: "disabled",
    usage: usage === null ? null : writeUsage(usage),
  };
  const repeated = context.repeatedMembers?.() ?? "";
  const own = JSON.stringify(members);
  return repeated === "" ? own : `${own.slice(0, -1)},${repeated}}`;
}
