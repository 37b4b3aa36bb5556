import assert from "node:assert/strict";
import { codes, type CodeRow } from "@sekisho/wire/canonical/codes.data.ts";
import type { FaultClient } from "./fault-client.ts";

export interface ErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly code: string | null;
  };
}

/** What an error says, its message left out: it has one, and no more is promised of it. */
export const errorWords = ({ error }: ErrorBody): string => {
  assert.ok(error.message.length > 10, error.message);
  return `${error.type} ${error.code}`;
};

/** Errors and keys, which all of OpenAI's surfaces have in common. */
export const openaiWords: Pick<FaultClient, "readError" | "errorOf" | "streamErrorOf"> = {
  readError(headers, body) {
    assert.match(headers.get("content-type") ?? "", /^application\/json/);
    assert.ok(headers.get("x-request-id")?.startsWith("req_"));
    assert.match(headers.get("x-should-retry") ?? "", /^(?:true|false)$/);
    return errorWords(JSON.parse(body.toString()) as ErrorBody);
  },

  errorOf(code) {
    const { status, openai }: CodeRow = codes[code];
    return { status, words: `${openai[0]} ${openai[1]}` };
  },

  streamErrorOf(code) {
    const { openai }: CodeRow = codes[code];
    return `${openai[0]} ${openai[1]}`;
  },
};

export const headersOf = (key: string): Readonly<Record<string, string>> => ({
  authorization: `Bearer ${key}`,
});
