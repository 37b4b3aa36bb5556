import { readFileSync } from "node:fs";

import OpenAI from "openai";

import type { AnswerContext } from "../canonical/codec.ts";
import type { CanonicalEvent } from "../canonical/event.ts";
import { context as chatContext } from "../openai/answer-fixture.ts";
import { ResponsesStreamEncoder } from "./encode-stream.ts";
import type { OutputItem } from "./output-items.ts";
import { readResponsesRequest, type ResponsesRequest } from "./responses-request.ts";

/** A request as an SDK has sent it. */
export const recorded = (name: string): Buffer =>
  readFileSync(new URL(`./fixtures/request-${name}.json`, import.meta.url));

export const context: AnswerContext = { ...chatContext, id: "resp_1" };

/** As far as tests look at it. */
export interface ShownResponse {
  readonly id: string;
  readonly status: string;
  readonly model: string;
  readonly created_at: number;
  readonly store: boolean;
  readonly error: object | null;
  readonly incomplete_details: object | null;
  readonly output: readonly OutputItem[];
  readonly usage: object | null;
}

export interface ShownEvent {
  readonly type: string;
  readonly sequence_number: number;
  readonly item_id?: string;
  readonly output_index?: number;
  readonly content_index?: number;
  readonly delta?: string;
  readonly item?: OutputItem;
  readonly response?: ShownResponse;
  readonly error?: object;
  readonly annotation?: object;
}

export const streamOf = (events: readonly CanonicalEvent[]): string => {
  const encoder = new ResponsesStreamEncoder(context);
  return events.map((event) => encoder.encode(event)).join("");
};

/** The frames of a stream, each with the name that stands before its data. */
export const framesOf = (bytes: string): (ShownEvent & { readonly name: string })[] =>
  bytes
    .split("\n\n")
    .filter((frame) => frame !== "")
    .map((frame) => {
      const [name = "", data = ""] = frame.split("\n");
      // Frames of our own making.
      const event = JSON.parse(data.replace(/^data: /, "")) as ShownEvent;
      return { ...event, name: name.replace(/^event: /, "") };
    });

/** The official client, over one answer of ours. */
export const clientOf = (body: string, contentType: string): OpenAI =>
  new OpenAI({
    apiKey: "k",
    maxRetries: 0,
    fetch: () => Promise.resolve(new Response(body, { headers: { "content-type": contentType } })),
  });

/** What a request says; one that is refused fails. */
export function read(body: object | Buffer): ResponsesRequest {
  const bytes = Buffer.isBuffer(body) ? body : Buffer.from(JSON.stringify(body));
  const request = readResponsesRequest(bytes);
  if (!request.ok) throw new Error(`${request.path}: ${request.message}`);
  return request.value;
}
