import assert from "node:assert/strict";
import { codes, type CodeRow } from "@sekisho/wire/canonical/codes.data.ts";
import { toolName, toolSchema, type FaultClient, type FaultQuestion } from "./fault-client.ts";
import { sseEvents } from "./sse-events.ts";
import { toldOnce, ToldSum } from "./told.ts";

/** As much of a choice as is looked at, of chats and of completions. */
interface Choice {
  readonly finish_reason: string | null;
  readonly message?: Said;
  readonly delta?: Said;
  readonly text?: string;
}

interface Said {
  readonly content?: string | null;
  readonly refusal?: string | null;
  readonly tool_calls?: readonly {
    readonly id?: string;
    readonly function: { readonly arguments?: string };
  }[];
}

interface ErrorBody {
  readonly error: {
    readonly message: string;
    readonly type: string;
    readonly code: string | null;
  };
}

const textOf = ({ message, delta, text = "" }: Choice): string => {
  const said = message ?? delta;
  return (said?.content ?? "") + (said?.refusal ?? "") + text;
};

/** What an error says, its message left out: it has one, and no more is promised of it. */
const errorWords = ({ error }: ErrorBody): string => {
  assert.ok(error.message.length > 10, error.message);
  return `${error.type} ${error.code}`;
};

type Reading = Omit<FaultClient, "surface" | "request">;

const reading: Reading = {
  readAnswer(body) {
    const { choices } = JSON.parse(body.toString()) as { choices: readonly Choice[] };
    assert.equal(choices.length, 1);
    const calls = choices.flatMap(({ message }) => message?.tool_calls ?? []);
    return toldOnce(
      choices.map(textOf).join(""),
      calls.map((call) => call.function.arguments ?? ""),
      choices[0]?.finish_reason,
    );
  },

  readStream(body) {
    const sum = new ToldSum();
    for (const { name, data } of sseEvents(body)) {
      assert.equal(name, null, "no event of this dialect has a name");
      if (data === "[DONE]") sum.end();
      else readChunk(JSON.parse(data) as Partial<ErrorBody> & { choices?: Choice[] }, sum);
    }
    return sum.told;
  },

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

function readChunk(chunk: Partial<ErrorBody> & { choices?: Choice[] }, sum: ToldSum): void {
  const { error, choices = [] } = chunk;
  if (error !== undefined) return sum.error(errorWords({ error }));
  for (const choice of choices) {
    const text = textOf(choice);
    if (text !== "") sum.said(text);
    for (const { id, function: of } of choice.delta?.tool_calls ?? []) {
      if (id !== undefined) sum.call();
      if (of.arguments !== undefined && of.arguments !== "") sum.called(of.arguments);
    }
    sum.reason(choice.finish_reason);
  }
}

const tools = [{ type: "function", function: { name: toolName, parameters: toolSchema } }];

const headersOf = (key: string): Readonly<Record<string, string>> => ({
  authorization: `Bearer ${key}`,
});

/** Chat completions. */
export const chatClient = (key: string): FaultClient => ({
  surface: "openai.chat",
  request: ({ text, maxTokens, tool, ...rest }: FaultQuestion) => ({
    path: "/v1/chat/completions",
    headers: headersOf(key),
    body: {
      ...rest,
      max_tokens: maxTokens,
      messages: [{ role: "user", content: text }],
      ...(tool ? { tools, tool_choice: "required" } : {}),
    },
  }),
  ...reading,
});

/** The legacy text completions. */
export const completionsClient = (key: string): FaultClient => ({
  surface: "openai.completions",
  // There are no tools in it.
  request: ({ text, maxTokens, model, stream }: FaultQuestion) => ({
    path: "/v1/completions",
    headers: headersOf(key),
    body: { model, stream, max_tokens: maxTokens, prompt: text },
  }),
  ...reading,
});
