import type { SurfaceHead } from "../request.ts";

/** One turn: what the user says, tools that are called for it, and what is answered in the end. */
export interface Turn {
  readonly user: string;
  /** How many calls each of its rounds makes at once. */
  readonly rounds: readonly number[];
  readonly answer: string | null;
  /** An instruction behind the user's words. */
  readonly system: string | null;
}

type Element = Readonly<Record<string, unknown>>;

/** A call and where its result stands, by ids that the test knows how to find. */
export interface Dialect {
  readonly said: SurfaceHead;
  readonly list: string;
  readonly rest: string;
  /** What stands before and behind: members that nobody knows, where such may stand. */
  readonly around?: { readonly before: string; readonly after: string };
  /** Does an instruction keep its turn? */
  readonly keepsTurns: boolean;
  write(turn: Turn, id: (round: number, call: number) => string): Element[];
}

const callIds = (round: number, calls: number, id: (round: number, call: number) => string) =>
  Array.from({ length: calls }, (_, call) => id(round, call));

/** Results follow their calls, and the answer them. */
const written = (
  turn: Turn,
  id: (round: number, call: number) => string,
  words: {
    readonly user: (text: string) => Element[];
    readonly system: (text: string) => Element[];
    readonly round: (ids: readonly string[]) => Element[];
    readonly answer: (text: string) => Element[];
  },
): Element[] => [
  ...words.user(turn.user),
  ...(turn.system === null ? [] : words.system(turn.system)),
  ...turn.rounds.flatMap((calls, round) => words.round(callIds(round, calls, id))),
  ...(turn.answer === null ? [] : words.answer(turn.answer)),
];

/** Blanks, numbers beyond a double, escapes, members that nobody knows. */
const odd = {
  before: '\n{ "x_odd" : {"b":1.10,"n":9007199254740993,"s":"\\u3042,[{"},',
  after: ' ,"x_last": "\\/ }]" } \n',
};

/** The same where members that are not known are refused. */
const oddOnes = {
  before: '\n{ "metadata" : {"b":"1.10","s":"\\u3042,[{"},',
  after: ' ,"user": "\\/ }]" } \n',
};

export const chat: Dialect = {
  said: { surface: "openai.chat" },
  list: "messages",
  rest: '"model":"m"',
  keepsTurns: false,
  write: (turn, id) =>
    written(turn, id, {
      user: (content) => [{ role: "user", content }],
      system: (content) => [{ role: "developer", content }],
      round: (ids) => [
        {
          role: "assistant",
          content: null,
          tool_calls: ids.map((each) => ({
            id: each,
            type: "function",
            function: { name: "f", arguments: '{"a":1}' },
          })),
        },
        ...ids.map((each) => ({ role: "tool", tool_call_id: each, content: "done" })),
      ],
      answer: (content) => [{ role: "assistant", content }],
    }),
};

export const responses: Dialect = {
  said: { surface: "openai.responses" },
  around: oddOnes,
  list: "input",
  rest: '"model":"m"',
  keepsTurns: false,
  write: (turn, id) =>
    written(turn, id, {
      user: (content) => [{ role: "user", content }],
      system: (content) => [{ type: "message", role: "system", content }],
      round: (ids) => [
        { type: "reasoning", id: "r", summary: [] },
        ...ids.map((each) => ({
          type: "function_call",
          call_id: each,
          name: "f",
          arguments: "{}",
        })),
        ...ids.map((each) => ({ type: "function_call_output", call_id: each, output: "done" })),
      ],
      answer: (text) => [
        { type: "message", role: "assistant", content: [{ type: "output_text", text }] },
      ],
    }),
};

const messages: Dialect = {
  said: { surface: "anthropic.messages", head: { apiVersion: "2023-06-01", betas: null } },
  list: "messages",
  rest: '"model":"m","max_tokens":9',
  keepsTurns: true,
  write: (turn, id) =>
    written(turn, id, {
      user: (text) => [{ role: "user", content: [{ type: "text", text }] }],
      system: (content) => [{ role: "system", content }],
      round: (ids) => [
        {
          role: "assistant",
          content: ids.map((each) => ({ type: "tool_use", id: each, name: "f", input: { a: 1 } })),
        },
        {
          role: "user",
          content: ids.map((each) => ({
            type: "tool_result",
            tool_use_id: each,
            content: "done",
          })),
        },
      ],
      answer: (content) => [{ role: "assistant", content }],
    }),
};

const path = { model: "anthropic.claude-v2", stream: false };

const converseWrite: Dialect["write"] = (turn, id) =>
  written(turn, id, {
    user: (text) => [{ role: "user", content: [{ text }] }],
    system: (text) => [{ role: "system", content: [{ text }] }],
    round: (ids) => [
      {
        role: "assistant",
        content: ids.map((each) => ({ toolUse: { toolUseId: each, name: "f", input: { a: 1 } } })),
      },
      {
        role: "user",
        content: ids.map((each) => ({
          toolResult: { toolUseId: each, content: [{ text: "done" }] },
        })),
      },
    ],
    answer: (text) => [{ role: "assistant", content: [{ text }] }],
  });

const converse: Dialect = {
  said: { surface: "bedrock.converse", path },
  list: "messages",
  rest: '"inferenceConfig":{"maxTokens":9}',
  keepsTurns: true,
  write: converseWrite,
};

const nova: Dialect = {
  ...converse,
  keepsTurns: false,
  said: {
    surface: "bedrock.invoke",
    path: { model: "amazon.nova-pro-v1:0", stream: false },
    head: { headers: new Map() },
  },
  rest: '"schemaVersion":"messages-v1"',
  write: (turn, id) => converseWrite({ ...turn, system: null }, id),
};

const invoke: Dialect = {
  ...messages,
  said: { surface: "bedrock.invoke", path, head: { headers: new Map() } },
  rest: '"anthropic_version":"bedrock-2023-05-31","max_tokens":9',
};

const gemini: Dialect = {
  said: { surface: "gemini.generateContent", path },
  list: "contents",
  rest: '"generation_config":{"max_output_tokens":9}',
  keepsTurns: false,
  write: (turn, id) =>
    written({ ...turn, system: null }, id, {
      user: (text) => [{ role: "user", parts: [{ text }] }],
      system: () => [],
      round: (ids) => [
        {
          role: "model",
          parts: ids.map((each) => ({ function_call: { name: each, args: { a: 1 } } })),
        },
        {
          role: "user",
          parts: ids.map((each) => ({ functionResponse: { name: each, response: { b: 2 } } })),
        },
      ],
      answer: (text) => [{ role: "model", parts: [{ text }] }],
    }),
};

/** Its messages are said by one of three, and no element has members that nobody knows. */
const library: Dialect = {
  said: { surface: "library" },
  list: "messages",
  rest: '"model":"m"',
  around: { before: '\n{ "temperature" : 1.0,', after: ' ,"system": "\\/ }]" } \n' },
  keepsTurns: false,
  write: (turn, id) =>
    written({ ...turn, rounds: [] }, id, {
      user: (content) => [{ role: "user", content }],
      system: (content) => [{ role: "system", content }],
      round: () => [],
      answer: (content) => [{ role: "assistant", content }],
    }),
};

const session: Dialect = { ...chat, said: { surface: "stream", dialect: "openai" } };

/** Every way in that has a conversation. */
export const dialects = {
  chat,
  responses,
  messages,
  converse,
  invoke,
  nova,
  gemini,
  session,
  library,
};

/** A body, and its elements as they stand in it. */
export function bodyOf(dialect: Dialect, turns: readonly Turn[], reusesIds: boolean) {
  const elements = turns.flatMap((turn, index) =>
    dialect.write(turn, (round, call) => `call_${reusesIds ? "" : index}_${round}_${call}`),
  );
  const texts = elements.map((each, index) => {
    const json = JSON.stringify(each);
    return index % 2 === 0 ? json : ` {"x_number":1e400,${json.slice(1)}\t`;
  });
  const { before, after } = dialect.around ?? odd;
  const head = `${before}${dialect.rest}, "${dialect.list}" : [`;
  return { head, elements: texts, tail: `]${after}` };
}
