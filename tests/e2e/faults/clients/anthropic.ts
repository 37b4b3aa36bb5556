import assert from "node:assert/strict";
import { codes, type CodeRow } from "@sekisho/wire/canonical/codes.data.ts";
import type { FaultClient } from "./fault-client.ts";
import { MessageReader, messageBody, readMessage } from "./message-reader.ts";
import { sseEvents } from "./sse-events.ts";

interface ErrorBody {
  readonly type: "error";
  readonly error: { readonly type: string; readonly message: string };
  readonly request_id: string | null;
}

const errorWords = ({ type, error, request_id: id }: ErrorBody): string => {
  assert.equal(type, "error");
  assert.ok(error.message.length > 10, error.message);
  assert.ok(id?.startsWith("req_"), `${id}`);
  return error.type;
};

/** Anthropic's messages. */
export const messagesClient = (key: string): FaultClient => ({
  surface: "anthropic.messages",

  request: (question) => ({
    path: "/v1/messages",
    headers: { "x-api-key": key, "anthropic-version": "2023-06-01" },
    body: { model: question.model, stream: question.stream, ...messageBody(question) },
  }),

  readAnswer: (body) => readMessage(body.toString()),

  readStream(body) {
    const reader = new MessageReader();
    for (const { name, data } of sseEvents(body)) {
      const event = JSON.parse(data) as { readonly type: string };
      assert.equal(name, event.type, "an event has its type for a name");
      if (name === "error") reader.sum.error(errorWords(event as ErrorBody));
      else reader.event(event);
    }
    return reader.sum.told;
  },

  readError(headers, body) {
    assert.match(headers.get("content-type") ?? "", /^application\/json/);
    const said = JSON.parse(body.toString()) as ErrorBody;
    assert.equal(headers.get("request-id"), said.request_id);
    assert.match(headers.get("x-should-retry") ?? "", /^(?:true|false)$/);
    return errorWords(said);
  },

  errorOf(code) {
    const { anthropic }: CodeRow = codes[code];
    const [words, status] = anthropic;
    return { status, words };
  },

  streamErrorOf: (code) => codes[code].anthropic[0],
});
