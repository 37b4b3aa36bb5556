import assert from "node:assert/strict";
import { test } from "node:test";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import type { Question, ToolOffer, ToolUse, Turn } from "../question.ts";
import { chooseTools } from "./choose-tools.ts";
import { readHints } from "./schema/hints.ts";

const offer = (name: string, properties: object = {}, required: string[] = []): ToolOffer => ({
  name,
  description: "",
  parameters: { type: "object", properties, required },
});

const city = { city: { type: "string" } };
const tools = [
  offer("get_weather", city, ["city"]),
  offer("search_catalog", { query: { type: "string" } }, ["query"]),
  offer("get_order_status", { order_id: { type: "string" } }, ["order_id"]),
];

const turn = (role: Turn["role"], text: string): Turn => ({
  role,
  text,
  images: [],
  documents: [],
  calls: [],
});

const calls = (
  text: string,
  toolUse: ToolUse = { kind: "auto" },
  change: Partial<Question> = {},
): string[] => {
  const question: Question = {
    model: "m",
    stream: false,
    streamUsage: false,
    turns: [turn("user", text)],
    tools,
    toolUse,
    parallelTools: true,
    format: { kind: "text" },
    stop: [],
    maxTokens: null,
    choices: 1,
    thinking: false,
    cuts: [],
    ...change,
  };
  const told = { snippet: text, prose: "", language: "en", titles: [] } as const;
  const planned = chooseTools(question, readHints(text, told), new SeededRandom(1));
  return planned.map((call) => `${call.name}${call.arguments}`);
};

test("SIM-4 a tool the user asks for by name or by its words is called", () => {
  assert.deepEqual(calls("use get_weather for Kyoto"), ['get_weather{"city":"Kyoto"}']);
  assert.deepEqual(calls("What is the weather in Oslo?"), ['get_weather{"city":"Oslo"}']);
  assert.deepEqual(calls("注文 A-1234 の状況は？"), ['get_order_status{"order_id":"A-1234"}']);
  assert.deepEqual(calls("「猫」の作品を探して"), ['search_catalog{"query":"猫"}']);
});

test("SIM-4 an ordinary question calls no tool, nor does `none`", () => {
  assert.deepEqual(calls("Hello, how are you?"), []);
  assert.deepEqual(calls("What is the weather in Oslo?", { kind: "none" }), []);
});

test("SIM-4 one that is demanded is called, the most fitting where there is a choice", () => {
  assert.equal(calls("Hello", { kind: "required" }).length, 1);
  const status = calls("my order please", { kind: "required" });
  assert.match(status[0] ?? "", /^get_order_status/);
  const named = calls("Hello", { kind: "named", name: "search_catalog" });
  assert.match(named[0] ?? "", /^search_catalog/);
});

test("SIM-4 several tools, and one tool several times, unless it may not be parallel", () => {
  const both = "What is the weather in Oslo and in Rome?";
  assert.deepEqual(calls(both), ['get_weather{"city":"Oslo"}', 'get_weather{"city":"Rome"}']);
  assert.deepEqual(calls(both, { kind: "auto" }, { parallelTools: false }).length, 1);
  const two = calls("use get_weather and search_catalog for x");
  assert.deepEqual(two.length, 2);
  const crowd = Array.from({ length: 30 }, (_, n) => `"w${n}"`).join(" ");
  assert.equal(calls(`get_weather ${crowd}`).length, 8);
});

test("SIM-4 tool results are answered, not asked for again", () => {
  const turns = [turn("user", "weather in Oslo"), turn("assistant", ""), turn("tool", "4 C")];
  assert.deepEqual(calls("weather in Oslo", { kind: "auto" }, { turns }), []);
});
