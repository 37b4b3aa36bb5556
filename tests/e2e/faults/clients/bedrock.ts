import assert from "node:assert/strict";
import type { Surface } from "@sekisho/gateway/request.ts";
import { codes, type CodeRow } from "@sekisho/wire/canonical/codes.data.ts";
import { streamExceptionOf } from "../../../contract/clients/stream-exception.ts";
import { eventMessages } from "./event-messages.ts";
import { toolName, toolSchema, type FaultClient, type FaultQuestion } from "./fault-client.ts";
import { MessageReader, messageBody, readMessage } from "./message-reader.ts";
import { toldOnce, ToldSum } from "./told.ts";

const headersOf = (key: string): Readonly<Record<string, string>> => ({
  authorization: `Bearer ${key}`,
});

const pathOf = ({ model, stream }: FaultQuestion, plain: string, streamed: string): string =>
  `/model/${encodeURIComponent(model)}/${stream ? streamed : plain}`;

const messageOf = (json: string): void => {
  const { message } = JSON.parse(json) as { readonly message: string };
  assert.ok(message.length > 10, message);
};

const errorsOf = (
  surface: Surface,
): Pick<FaultClient, "readError" | "errorOf" | "streamErrorOf"> => ({
  readError(headers, body) {
    assert.match(headers.get("content-type") ?? "", /^application\/json/);
    assert.ok(headers.get("x-amzn-requestid"));
    messageOf(body.toString());
    return headers.get("x-amzn-errortype") ?? "none";
  },
  errorOf(code) {
    const { bedrock }: CodeRow = codes[code];
    const [words, status] = bedrock;
    return { status, words };
  },
  streamErrorOf: (code) => streamExceptionOf(code, surface),
});

/** As much of Converse's events as is looked at. */
interface ConverseEvent {
  readonly start?: { readonly toolUse?: object };
  readonly delta?: { readonly text?: string; readonly toolUse?: { readonly input: string } };
  readonly stopReason?: string;
}

interface ConverseBlock {
  readonly text?: string;
  readonly toolUse?: { readonly input: unknown };
}

const toolConfig = {
  tools: [{ toolSpec: { name: toolName, inputSchema: { json: toolSchema } } }],
  toolChoice: { any: {} },
};

/** Where a message of Converse stands: each event has its place. */
const order: Readonly<Record<string, readonly [from: string, to: string]>> = {
  messageStart: ["before", "begun"],
  contentBlockStart: ["begun", "begun"],
  contentBlockDelta: ["begun", "begun"],
  contentBlockStop: ["begun", "begun"],
  messageStop: ["begun", "stopped"],
  metadata: ["stopped", "over"],
};

/** Bedrock's Converse. Behind the stop come the metadata, where the usage is known. */
export const converseClient = (key: string): FaultClient => ({
  surface: "bedrock.converse",
  request: (question) => ({
    path: pathOf(question, "converse", "converse-stream"),
    headers: headersOf(key),
    body: {
      messages: [{ role: "user", content: [{ text: question.text }] }],
      inferenceConfig: { maxTokens: question.maxTokens },
      ...(question.tool ? { toolConfig } : {}),
    },
  }),
  readAnswer(body) {
    const { output, stopReason } = JSON.parse(body.toString()) as {
      readonly output: { readonly message: { readonly content: readonly ConverseBlock[] } };
      readonly stopReason: string;
    };
    const { content } = output.message;
    const calls = content.flatMap(({ toolUse }) => toolUse ?? []);
    return toldOnce(
      content.map(({ text = "" }) => text).join(""),
      calls.map(({ input }) => JSON.stringify(input)),
      stopReason,
    );
  },
  readStream(body) {
    const sum = new ToldSum();
    let state = "before";
    for (const { kind, name, payload } of eventMessages(body)) {
      if (kind !== "event") {
        messageOf(payload);
        sum.error(name);
        continue;
      }
      const place = order[name];
      // SDKs pass over events that they do not know.
      if (place === undefined) continue;
      assert.equal(state, place[0], name);
      [, state] = place;
      const { start, delta, stopReason } = JSON.parse(payload) as ConverseEvent;
      if (start?.toolUse !== undefined) sum.call();
      if (delta?.toolUse !== undefined) sum.called(delta.toolUse.input);
      if (delta?.text !== undefined && delta.text !== "") sum.said(delta.text);
      sum.reason(stopReason);
      if (name === "messageStop") sum.end();
    }
    return sum.told;
  },
  ...errorsOf("bedrock.converse"),
});

/** Bedrock's InvokeModel with a native body of Claude's. */
export const invokeClient = (key: string): FaultClient => ({
  surface: "bedrock.invoke",
  request: (question) => ({
    path: pathOf(question, "invoke", "invoke-with-response-stream"),
    headers: headersOf(key),
    body: {
      anthropic_version: "bedrock-2023-05-31",
      ...messageBody(question),
    },
  }),
  readAnswer: (body) => readMessage(body.toString()),
  readStream(body) {
    const reader = new MessageReader();
    for (const { kind, name, payload } of eventMessages(body)) {
      if (kind === "event") {
        if (name !== "chunk") continue; // SDKs pass over events that they do not know.
        const { bytes } = JSON.parse(payload) as { readonly bytes: string };
        reader.event(JSON.parse(Buffer.from(bytes, "base64").toString()) as { type: string });
      } else {
        messageOf(payload);
        reader.sum.error(name);
      }
    }
    return reader.sum.told;
  },
  ...errorsOf("bedrock.invoke"),
});
