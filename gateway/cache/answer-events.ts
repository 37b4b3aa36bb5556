import { Buffer } from "node:buffer";
import { messagesProvider } from "@sekisho/wire/anthropic/codec.ts";
import { converseProvider } from "@sekisho/wire/bedrock/codec.ts";
import type { ProviderCodec } from "@sekisho/wire/canonical/codec.ts";
import { entryKindOf } from "@sekisho/wire/canonical/entry-kind-of.ts";
import type { CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import { generateProvider } from "@sekisho/wire/gemini/codec.ts";
import { chatProvider } from "@sekisho/wire/openai/codec.ts";
import type { Surface } from "../request.ts";
import type { AnswerEntry } from "./cached-answer.ts";

type Decoding = Pick<ProviderCodec, "framer" | "streamDecoder" | "decodeAnswer">;

/** Whose bytes can be read again. Native bodies of InvokeModel are those of many makers. */
const codecs: Partial<Record<Surface, Decoding>> = {
  "openai.chat": chatProvider("max_tokens"),
  "anthropic.messages": messagesProvider("2023-06-01"),
  "bedrock.converse": converseProvider,
  "gemini.generateContent": generateProvider,
};

/** The words of an answer, and how its client has asked for them. */
export interface AnswerWords {
  readonly surface: string;
  readonly isStream: boolean;
  readonly entries: readonly AnswerEntry[];
}

/**
 * What an answer says, as events. Null where its bytes are those of a dialect that cannot be read
 * again, or broken.
 */
export function eventsOf({ surface, isStream, entries }: AnswerWords): CanonicalEvent[] | null {
  const bytes: Buffer[] = [];
  const events: CanonicalEvent[] = [];
  for (const { payload } of entries) {
    if (Buffer.isBuffer(payload)) bytes.push(payload);
    else events.push(payload);
  }
  if (bytes.length === 0) return events;
  // The guard has looked.
  const codec = Object.hasOwn(codecs, surface) ? codecs[surface as Surface] : undefined;
  if (codec === undefined || events.length > 0) return null;
  return isStream ? streamed(codec, bytes) : whole(codec, Buffer.concat(bytes));
}

function whole(codec: Decoding, bytes: Buffer): CanonicalEvent[] | null {
  const decoded = codec.decodeAnswer(bytes);
  return decoded.ok ? [...decoded.value] : null;
}

function streamed(codec: Decoding, parts: readonly Buffer[]): CanonicalEvent[] | null {
  const events: CanonicalEvent[] = [];
  const decoder = codec.streamDecoder({ event: (event) => void events.push(event) });
  const framer = codec.framer();
  for (const part of parts) if (!framer.push(part, decoder)) return null;
  framer.end(decoder);
  decoder.end();
  return events;
}

/**
 * Is it an answer in words alone that ended by itself? Calls of tools and refusals are none, under
 * whatever reason a provider ends them.
 */
export function isPlainAnswer(events: readonly CanonicalEvent[]): boolean {
  const last = events.at(-1);
  if (last?.type !== "finish" || last.reason !== "stop") return false;
  let hasText = false;
  for (const { type } of events) {
    if (type === "text") hasText = true;
    if (type === "error" || type === "refusal" || type === "toolStart") return false;
  }
  return hasText;
}

export const entriesOfEvents = (events: readonly CanonicalEvent[]): AnswerEntry[] =>
  events.map((event, seq) => ({ seq, kind: entryKindOf(event), payload: event }));
