import type { UrlAnnotation } from "./annotation.ts";

/** How far an item has come; one that the answer's end cut off is incomplete. */
export type ItemStatus = "in_progress" | "completed" | "incomplete";

export interface TextPart {
  readonly type: "output_text";
  readonly text: string;
  readonly annotations: readonly UrlAnnotation[];
  readonly logprobs: readonly never[];
}

export interface RefusalPart {
  readonly type: "refusal";
  readonly refusal: string;
}

export interface SummaryPart {
  readonly type: "summary_text";
  readonly text: string;
}

/** What an answer is made of, as clients read it. */
export type OutputItem =
  | {
      readonly type: "message";
      readonly id: string;
      readonly status: ItemStatus;
      readonly role: "assistant";
      readonly content: readonly (TextPart | RefusalPart)[];
    }
  | {
      readonly type: "reasoning";
      readonly id: string;
      readonly status: ItemStatus;
      readonly summary: readonly SummaryPart[];
      readonly encrypted_content: string | null;
    }
  | {
      readonly type: "function_call";
      readonly id: string;
      readonly status: ItemStatus;
      readonly call_id: string;
      readonly name: string;
      readonly arguments: string;
    };

/** An item that is being written; its place in the output does not change. */
interface WrittenItem {
  readonly id: string;
  readonly index: number;
}

export interface OpenPart {
  readonly kind: "text" | "refusal";
  text: string;
  readonly annotations: UrlAnnotation[];
}

export interface OpenMessage extends WrittenItem {
  readonly kind: "message";
  readonly parts: OpenPart[];
}

export interface OpenReasoning extends WrittenItem {
  readonly kind: "reasoning";
  text: string;
  sealed: string | null;
}

export interface OpenCall extends WrittenItem {
  readonly kind: "call";
  readonly callId: string;
  readonly name: string;
  arguments: string;
}

export type OpenItem = OpenMessage | OpenReasoning | OpenCall;

export const partOf = ({ kind, text, annotations }: OpenPart): TextPart | RefusalPart =>
  kind === "refusal"
    ? { type: "refusal", refusal: text }
    : { type: "output_text", text, annotations: [...annotations], logprobs: [] };

export const summaryOf = (text: string): SummaryPart => ({ type: "summary_text", text });

export function itemOf(item: OpenItem, status: ItemStatus): OutputItem {
  const { id } = item;
  switch (item.kind) {
    case "message":
      return { type: "message", id, status, role: "assistant", content: item.parts.map(partOf) };
    case "reasoning":
      return {
        type: "reasoning",
        id,
        status,
        summary: item.text === "" ? [] : [summaryOf(item.text)],
        encrypted_content: item.sealed,
      };
    case "call":
      return {
        type: "function_call",
        id,
        status,
        call_id: item.callId,
        name: item.name,
        arguments: item.arguments,
      };
  }
}
