import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { SystemClock } from "@sekisho/lib/time/system-clock.ts";
import { startSimulator, type Simulator } from "../server.ts";

let simulator: Simulator;
before(async () => {
  simulator = await startSimulator({ port: 0, seed: 7, clock: new SystemClock() });
});
beforeEach(() => simulator.reset());
after(() => simulator.close());

const model = "gemini-2.5-flash";

const post = (method: string, body: object, named = model): Promise<Response> =>
  fetch(`${simulator.url}/v1beta/models/${named}:${method}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

interface Part {
  readonly text?: string;
  readonly thought?: boolean;
  readonly thoughtSignature?: string;
  readonly functionCall?: { readonly id: string; readonly name: string; readonly args: object };
}

interface Chunk {
  readonly candidates: readonly {
    readonly content: { readonly parts: readonly Part[]; readonly role: string };
    readonly finishReason?: string;
  }[];
  readonly usageMetadata?: Readonly<Record<string, number>>;
  readonly modelVersion?: string;
  readonly responseId?: string;
}

async function answerOf(body: object): Promise<Chunk> {
  const response = await post("generateContent", body);
  assert.equal(response.status, 200, await response.clone().text());
  return (await response.json()) as Chunk; // the simulator's own shape
}

async function chunksOf(body: object): Promise<Chunk[]> {
  const response = await post("streamGenerateContent?alt=sse", body);
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  const frames = (await response.text()).split("\r\n\r\n").filter((frame) => frame !== "");
  // Each is one line of the simulator's own.
  return frames.map((frame) => JSON.parse(frame.replace("data: ", "")) as Chunk);
}

const asks = (text: string): object => ({ contents: [{ role: "user", parts: [{ text }] }] });
const partsOf = ({ candidates }: Chunk): readonly Part[] => candidates[0]?.content.parts ?? [];
const textOf = (parts: readonly Part[]): string =>
  parts.map(({ text, thought }) => (thought === true ? "" : (text ?? ""))).join("");

describe("SIM-1 a simulated Gemini", () => {
  test("a stream says what a whole answer says, and both are billed", async () => {
    const question = asks("Reply with exactly: hello there, all of you");
    const whole = await answerOf(question);
    const chunks = await chunksOf(question);
    assert.equal(textOf(partsOf(whole)), "hello there, all of you");
    assert.equal(textOf(chunks.flatMap(partsOf)), "hello there, all of you");
    assert.equal(chunks.at(-1)?.candidates[0]?.finishReason, "STOP");
    assert.deepEqual(chunks.at(-1)?.usageMetadata, whole.usageMetadata);
    assert.deepEqual([whole.modelVersion, chunks[0]?.modelVersion], [model, model]);
    const { total } = simulator.bill();
    const { promptTokenCount: prompt = 0, candidatesTokenCount: said = 0 } =
      whole.usageMetadata ?? {};
    assert.deepEqual([total.inputTokens, total.outputTokens], [2 * prompt, 2 * said]);
  });

  test("functions are called with whole arguments, and their results taken", async () => {
    const parameters = {
      type: "OBJECT",
      properties: { city: { type: "STRING" } },
      required: ["city"],
    };
    const tools = [{ functionDeclarations: [{ name: "get_weather", parameters }] }];
    const first = { ...asks('Use get_weather for "Paris" and "Rome".'), tools };
    const whole = await answerOf(first);
    const streamed = (await chunksOf(first)).flatMap(partsOf);
    for (const parts of [partsOf(whole), streamed]) {
      const calls = parts.flatMap(({ functionCall }) => functionCall ?? []);
      assert.deepEqual(
        calls.map(({ name, args }) => [name, args]),
        [
          ["get_weather", { city: "Paris" }],
          ["get_weather", { city: "Rome" }],
        ],
      );
    }
    const results = partsOf(whole).map((part) => ({
      functionResponse: { name: part.functionCall?.name, response: { output: "sunny" } },
    }));
    const contents = [
      { role: "user", parts: [{ text: "Weather?" }] },
      { role: "model", parts: partsOf(whole) },
      { role: "user", parts: results },
    ];
    assert.notEqual(textOf(partsOf(await answerOf({ contents, tools }))), "");
    const lacking = contents.with(2, { role: "user", parts: results.slice(1) });
    const refused = await post("generateContent", { contents: lacking, tools });
    assert.equal(refused.status, 400);
    assert.match(await refused.text(), /number of function response parts/);
  });

  test("thoughts are shown where they are asked for, and signed behind", async () => {
    const generationConfig = { thinkingConfig: { includeThoughts: true, thinkingBudget: 100 } };
    const question = { ...asks("Reply with exactly: well"), generationConfig };
    const { usageMetadata, candidates } = await answerOf(question);
    const [thought, said] = candidates[0]?.content.parts ?? [];
    assert.deepEqual([thought?.thought, said?.text], [true, "well"]);
    assert.ok((said?.thoughtSignature ?? "") !== "");
    assert.ok((usageMetadata?.["thoughtsTokenCount"] ?? 0) > 3);
    const streamed = (await chunksOf(question)).flatMap(partsOf);
    const signatures = streamed.flatMap(({ thoughtSignature }) => thoughtSignature ?? []);
    assert.deepEqual(signatures, [said?.thoughtSignature]);
    const back = (signature: string) => ({
      contents: [{ role: "model", parts: [{ text: "well", thoughtSignature: signature }] }],
    });
    assert.equal((await post("generateContent", back(signatures[0] ?? ""))).status, 200);
    assert.equal((await post("generateContent", back("Zm9yZWlnbg=="))).status, 400);
    assert.equal((await post("generateContent", question, "gemini-1.5-pro")).status, 400);
  });

  test("a schema, pictures, a limit and stop sequences", async () => {
    const schema = { type: "object", properties: { n: { type: "integer" } }, required: ["n"] };
    const generationConfig = {
      responseMimeType: "application/json",
      responseJsonSchema: schema,
    };
    const json = textOf(partsOf(await answerOf({ ...asks("A number"), generationConfig })));
    assert.equal(typeof (JSON.parse(json) as { n: unknown }).n, "number");
    const parts = [{ text: "What?" }, { inlineData: { mimeType: "image/png", data: "AAAA" } }];
    await answerOf({ contents: [{ parts }] });
    assert.equal(simulator.calls().at(-1)?.summary?.images, 1);
    const cut = await answerOf({
      ...asks("Tell a long story"),
      generationConfig: { maxOutputTokens: 3 },
    });
    assert.equal(cut.candidates[0]?.finishReason, "MAX_TOKENS");
    const stopped = await answerOf({
      ...asks("Reply with exactly: a STOP b"),
      generationConfig: { stopSequences: ["STOP"] },
    });
    assert.equal(textOf(partsOf(stopped)), "a ");
  });

  test("MON-4 a count is what a call is billed for", async () => {
    const question = asks("How long is this?");
    const counted = await post("countTokens", { generateContentRequest: question });
    const { totalTokens } = (await counted.json()) as { totalTokens: number };
    const { usageMetadata } = await answerOf(question);
    assert.equal(totalTokens, usageMetadata?.["promptTokenCount"]);
  });

  test("its own models are listed", async () => {
    const response = await fetch(`${simulator.url}/v1beta/models`);
    const { models } = (await response.json()) as { models: { name: string }[] };
    assert.ok(models.some(({ name }) => name === "models/gemini-1.5-pro"));
    assert.ok(models.every(({ name }) => name.startsWith("models/gemini-")));
  });
});

/** Fault, status, name of the status. */
const faults: readonly (readonly [string, number, string])[] = [
  ["400", 400, "INVALID_ARGUMENT"],
  ["403", 403, "PERMISSION_DENIED"],
  ["404", 404, "NOT_FOUND"],
  ["429", 429, "RESOURCE_EXHAUSTED"],
  ["quota", 429, "RESOURCE_EXHAUSTED"],
  ["500", 500, "INTERNAL"],
  ["529", 529, "UNAVAILABLE"],
];

describe("SIM-2 its faults", () => {
  for (const [fault, status, name] of faults) {
    test(fault, async () => {
      const response = await post("generateContent", asks(`Hi [[sim: fault=${fault}]]`));
      assert.equal(response.status, status);
      const { error } = (await response.json()) as { error: { code: number; status: string } };
      assert.deepEqual([error.code, error.status], [status, name]);
    });
  }

  test("a stream without its end has no reason", async () => {
    const chunks = await chunksOf(asks("Go on [[sim: fault=no-terminal tokens=5]]"));
    assert.ok(chunks.every(({ candidates }) => candidates[0]?.finishReason === undefined));
  });
});

test("a wrong key is refused wherever it stands", async () => {
  const closed = await startSimulator({ port: 0, seed: 7, clock: new SystemClock(), keys: ["k"] });
  const call = async (query: string, headers: Record<string, string>): Promise<number> => {
    const url = `${closed.url}/v1beta/models/${model}:generateContent${query}`;
    const body = JSON.stringify(asks("Hi"));
    return (await fetch(url, { method: "POST", headers, body })).status;
  };
  assert.equal(await call("", { "x-goog-api-key": "k" }), 200);
  assert.equal(await call("?key=k", {}), 200);
  assert.equal(await call("", { authorization: "Bearer k" }), 200);
  assert.equal(await call("?key=x", {}), 400);
  assert.equal(await call("", {}), 403);
  await closed.close();
});
