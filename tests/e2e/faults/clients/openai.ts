import assert from "node:assert/strict";
import { toolName, toolSchema, type FaultClient, type FaultQuestion } from "./fault-client.ts";
import { errorWords, headersOf, openaiWords, type ErrorBody } from "./openai-words.ts";
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

const textOf = ({ message, delta, text = "" }: Choice): string => {
  const said = message ?? delta;
  return (said?.content ?? "") + (said?.refusal ?? "") + text;
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

  ...openaiWords,
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
