import assert from "node:assert/strict";
import { codes, type CodeRow } from "@sekisho/wire/canonical/codes.data.ts";
import { toolName, toolSchema, type FaultClient, type FaultQuestion } from "./fault-client.ts";
import { sseEvents } from "./sse-events.ts";
import { toldOnce, ToldSum } from "./told.ts";

/** As much of an answer, or of a chunk of one, as is looked at. */
interface Chunk {
  readonly candidates?: readonly Candidate[];
  readonly error?: ErrorBody;
}

interface Candidate {
  readonly content?: { readonly parts?: readonly Part[] };
  readonly finishReason?: string;
}

interface Part {
  readonly text?: string;
  readonly functionCall?: { readonly name: string; readonly args?: object };
}

interface ErrorBody {
  readonly code: number;
  readonly status: string;
  readonly message: string;
}

const textOf = ({ content }: Candidate): string =>
  (content?.parts ?? []).map(({ text = "" }) => text).join("");

/** The arguments of the calls: an object each, which is whole. */
const callsOf = ({ content }: Candidate): string[] =>
  (content?.parts ?? []).flatMap(({ functionCall: call }) => {
    if (call === undefined) return [];
    assert.equal(call.name, toolName);
    return [JSON.stringify(call.args ?? {})];
  });

/** What an error says, its message left out: it has one, and no more is promised of it. */
const errorWords = ({ message, status }: ErrorBody): string => {
  assert.ok(message.length > 10, message);
  return status;
};

function readChunk({ candidates = [], error }: Chunk, sum: ToldSum): void {
  if (error !== undefined) return sum.error(errorWords(error));
  for (const candidate of candidates) {
    const text = textOf(candidate);
    if (text !== "") sum.said(text);
    for (const args of callsOf(candidate)) {
      sum.call();
      sum.called(args);
    }
    sum.reason(candidate.finishReason);
    // No event of its own says that an answer is complete.
    if (candidate.finishReason !== undefined) sum.end();
  }
}

const toolMembers = {
  tools: [{ functionDeclarations: [{ name: toolName, parametersJsonSchema: toolSchema }] }],
  toolConfig: { functionCallingConfig: { mode: "ANY" } },
};

/** Google's generateContent. */
export const generateClient = (key: string): FaultClient => ({
  surface: "gemini.generateContent",

  request({ model, text, maxTokens, stream, tool }: FaultQuestion) {
    const method = stream ? "streamGenerateContent?alt=sse" : "generateContent";
    return {
      path: `/v1beta/models/${encodeURIComponent(model)}:${method}`,
      headers: { "x-goog-api-key": key },
      body: {
        contents: [{ role: "user", parts: [{ text }] }],
        generationConfig: { maxOutputTokens: maxTokens },
        ...(tool ? toolMembers : {}),
      },
    };
  },

  readAnswer(body) {
    // What the gateway answers is a chunk, or the test fails.
    const { candidates = [] } = JSON.parse(body.toString()) as Chunk;
    assert.equal(candidates.length, 1);
    const text = candidates.map(textOf).join("");
    return toldOnce(text, candidates.flatMap(callsOf), candidates[0]?.finishReason);
  },

  readStream(body) {
    const sum = new ToldSum();
    for (const { name, data } of sseEvents(body)) {
      assert.equal(name, null, "no event of this dialect has a name");
      readChunk(JSON.parse(data) as Chunk, sum);
    }
    return sum.told;
  },

  readError(headers, body) {
    assert.match(headers.get("content-type") ?? "", /^application\/json/);
    assert.ok(headers.get("x-request-id")?.startsWith("req_"));
    const { error } = JSON.parse(body.toString()) as Required<Chunk>;
    return errorWords(error);
  },

  errorOf(code) {
    const [words, status] = (codes[code] satisfies CodeRow).gemini;
    return { status, words };
  },

  streamErrorOf: (code) => codes[code].gemini[0],
});
