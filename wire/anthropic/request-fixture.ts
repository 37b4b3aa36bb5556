import assert from "node:assert/strict";

import type { CanonicalRequest, Message, Part } from "../canonical/request.ts";
import { writeMessagesRequest, type WriteOptions } from "./write-request.ts";

/** Nothing chosen. */
export const sampling: CanonicalRequest["sampling"] = {
  temperature: null,
  topP: null,
  topK: null,
  seed: null,
  frequencyPenalty: null,
  presencePenalty: null,
};

/** The least that can be asked. */
export const base: CanonicalRequest = {
  dialect: "openai",
  model: "alias",
  stream: false,
  system: [],
  messages: [{ role: "user", parts: [{ kind: "text", text: "Hi" }] }],
  tools: [],
  toolChoice: null,
  parallelTools: null,
  sampling,
  stop: [],
  maxTokens: 9,
  responseFormat: null,
  metadata: {},
  user: null,
  streamUsage: false,
  rest: {},
};

export const options: WriteOptions = { model: "claude-opus-4-8", apiVersion: "2023-06-01" };

/** What a request is written as, text and all. */
export const writeText = (
  request: Partial<CanonicalRequest>,
  changes: Partial<WriteOptions> = {},
): string => {
  const written = writeMessagesRequest({ ...base, ...request }, { ...options, ...changes });
  assert.ok(written.ok, written.ok ? "" : written.message);
  return written.value.bytes.toString();
};

export const droppedOf = (
  request: Partial<CanonicalRequest>,
  changes: Partial<WriteOptions> = {},
): readonly string[] => {
  const written = writeMessagesRequest({ ...base, ...request }, { ...options, ...changes });
  assert.ok(written.ok, written.ok ? "" : written.message);
  return written.value.dropped;
};

// What was written is JSON.
export const write = (
  request: Partial<CanonicalRequest>,
  changes: Partial<WriteOptions> = {},
): Record<string, unknown> => JSON.parse(writeText(request, changes)) as Record<string, unknown>;

export const text = (words: string): Part => ({ kind: "text", text: words });
export const user = (...parts: Part[]): Message => ({ role: "user", parts });
export const assistant = (...parts: Part[]): Message => ({ role: "assistant", parts });
export const system = (...parts: Part[]): Message => ({ role: "system", parts });
export const result = (id: string, ...parts: Part[]): Part => ({ kind: "toolResult", id, parts });
export const call = (id: string, words: string): Part => ({
  kind: "toolCall",
  id,
  name: "f",
  arguments: words,
});

export const textBlock = (words: string): object => ({ type: "text", text: words });
