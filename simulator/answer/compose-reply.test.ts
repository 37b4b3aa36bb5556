import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import fc from "fast-check";
import { calm, shapeOf } from "../behaviour.ts";
import type { Question, Turn } from "../question.ts";
import type { AnswerShape, Choice, Reply } from "../reply.ts";
import { splitTokens } from "../tokenizer.ts";
import { composeReply } from "./compose-reply.ts";

const turn = (role: Turn["role"], text: string, images: Turn["images"] = []): Turn => ({
  role,
  text,
  images,
  documents: [],
  calls: [],
});

const plain: Question = {
  model: "m",
  stream: false,
  streamUsage: false,
  turns: [],
  tools: [],
  toolUse: { kind: "auto" },
  parallelTools: true,
  format: { kind: "text" },
  stop: [],
  maxTokens: null,
  choices: 1,
  thinking: false,
  cuts: [],
};

interface Setting {
  readonly question?: Partial<Question>;
  readonly shape?: Partial<AnswerShape>;
  readonly seed?: number;
}

const ask = (text: string, { question, shape, seed = 1 }: Setting = {}): Reply =>
  composeReply({
    question: { ...plain, turns: [turn("user", text)], ...question },
    text,
    shape: { ...shapeOf(calm), ...shape },
    random: new SeededRandom(seed),
  });

const textOf = (choice: Choice | undefined): string => choice?.pieces?.join("") ?? "";
const say = (text: string, setting: Setting = {}): string => textOf(ask(text, setting).choices[0]);

test("SIM-4 it answers in the language of the question and says that it is simulated", () => {
  assert.match(say("What is a breaker?"), /You asked: “What is a breaker\?”.*simulated/);
  assert.match(say("遮断器とは何ですか"), /「遮断器とは何ですか」.*シミュレーター/);
  assert.match(say("什么是断路器？"), /您问的是“什么是断路器？”.*模拟/);
  const kanji = { turns: [turn("system", "あなたは店員です"), turn("user", "在庫確認")] };
  assert.match(say("在庫確認", { question: kanji }), /シミュレーター/);
});

test("SIM-4 it recommends titles of the context", () => {
  const turns = [turn("system", '{"title_ja":"星屑図書館"}'), turn("user", "おすすめは？")];
  assert.match(say("おすすめは？", { question: { turns } }), /『星屑図書館』がおすすめです/);
});

test("SIM-4 it says how many images it saw, and what a tool answered", () => {
  const seen = { turns: [turn("user", "What is this?", ["low", "high"])] };
  assert.match(say("What is this?", { question: seen }), /I see 2 images/);
  const asked: Turn = { ...turn("assistant", ""), calls: [{ name: "clock", arguments: "{}" }] };
  const turns = [turn("user", "time?"), asked, turn("tool", "it is noon")];
  assert.match(say("time?", { question: { turns } }), /clock answered: it is noon/);
});

test("SIM-2 the same seed gives the same answer, another one another", () => {
  assert.deepEqual(ask("Hello there"), ask("Hello there"));
  assert.notDeepEqual(ask("Hello there"), ask("Hello there", { seed: 2 }));
});

test("choices of one answer differ, and their tokens add up", () => {
  const { choices, tokens } = ask("Hello there", { question: { choices: 3 } });
  assert.equal(new Set(choices.map(textOf)).size, 3);
  const sum = choices.reduce((all, choice) => all + (choice.pieces?.length ?? 0), 0);
  assert.equal(tokens.output, sum);
});

test("SIM-2 an answer is exactly as long as the scenario says, in every language", () => {
  fc.assert(
    fc.property(
      fc.constantFrom("Hello", "こんにちは", "你们好", "Say: 👩‍👩‍👧 ok"),
      fc.nat(300),
      (text, tokens) => {
        const { choices, tokens: counts } = ask(text, { shape: { tokens } });
        assert.equal(counts.output, tokens);
        const said = textOf(choices[0]);
        assert.equal(splitTokens(said).length, tokens);
        assert.ok(said.isWellFormed());
      },
    ),
  );
});

test("max tokens cut the answer, reasoning included; the reason is length", () => {
  const { choices, tokens } = ask("Hello", { question: { maxTokens: 5 } });
  assert.deepEqual([choices[0]?.pieces?.length, choices[0]?.finish], [5, "length"]);
  assert.equal(tokens.output, 5);
  const thought = ask("Hello", { question: { maxTokens: 5 }, shape: { reasoningTokens: 3 } });
  assert.deepEqual([thought.choices[0]?.pieces?.length, thought.tokens.output], [2, 5]);
  const onlyThought = ask("Hello", { question: { maxTokens: 5 }, shape: { reasoningTokens: 9 } });
  assert.deepEqual([onlyThought.choices[0]?.pieces, onlyThought.tokens.reasoning], [[], 5]);
});

test("an answer that is exactly as long as it may be ends by itself", () => {
  const question = { maxTokens: 2 };
  assert.equal(ask("Say hello world", { question }).choices[0]?.finish, "stop");
});

test("a stop sequence ends the answer before it", () => {
  const { choices } = ask("Say one two three", { question: { stop: ["three", " two"] } });
  assert.deepEqual([textOf(choices[0]), choices[0]?.finish], ["one", "stop"]);
});

test("SIM-4 JSON mode gives an object, a schema its value, both as text", () => {
  const object: unknown = JSON.parse(say("Hi", { question: { format: { kind: "json" } } }));
  assert.ok(typeof object === "object" && object !== null && "simulated" in object);
  const format = { kind: "schema", schema: { type: "array", items: { const: 1 } } } as const;
  assert.equal(say("Hi", { question: { format } }), "[1,1]");
});

test("cached tokens are part of the prompt", () => {
  assert.equal(ask("Hi", { shape: { cachedTokens: 3 } }).tokens.cached, 3);
  const { tokens } = ask("Hi", { shape: { cachedTokens: 3_000 } });
  assert.equal(tokens.cached, tokens.input);
});

test("SIM-2 twists: a filter, a refusal, a tool call that is cut", () => {
  const filtered = ask("Hi", { shape: { twist: { kind: "filtered", afterTokens: 4 } } });
  assert.deepEqual(
    [filtered.choices[0]?.pieces?.length, filtered.choices[0]?.finish],
    [4, "filter"],
  );
  const refused = ask("Hi", { shape: { twist: { kind: "refusal" } } });
  assert.ok(refused.choices[0]?.isRefusal);
  const tools = [
    { name: "f", description: "", parameters: { type: "object", properties: { a: {} } } },
  ];
  const cut = ask("Hi", { question: { tools }, shape: { twist: { kind: "cut-tool-json" } } });
  const [call] = cut.choices[0]?.calls ?? [];
  assert.equal(cut.choices[0]?.finish, "tool");
  assert.throws(() => JSON.parse(call?.pieces.join("") ?? ""), SyntaxError);
});

test("SIM-4 hallucinate plants what a checker should find, by its probability", () => {
  const turns = [turn("system", 'title: "The Lamp"'), turn("user", "What should I read?")];
  const answers = Array.from({ length: 300 }, (_, seed) =>
    say("What should I read?", { question: { turns }, shape: { hallucinate: 0.2 }, seed }),
  );
  const share = (pattern: RegExp): number =>
    answers.filter((answer) => pattern.test(answer)).length / answers.length;
  for (const defect of [/Courier|Glass|Workshop/, /4,321/, /人気/, /<img/, /example\.net/]) {
    assert.ok(share(defect) > 0.12 && share(defect) < 0.28, `${defect}: ${share(defect)}`);
  }
  assert.ok(share(/The Lamp/) > 0.7);
});
