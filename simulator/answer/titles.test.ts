import assert from "node:assert/strict";
import { test } from "node:test";
import type { Question, Turn } from "../question.ts";
import { titlesIn } from "./titles.ts";

const asking = (...texts: string[]): Question => ({
  model: "m",
  stream: false,
  streamUsage: false,
  turns: texts.map((text): Turn => ({ role: "user", text, images: [], documents: [], calls: [] })),
  tools: [],
  toolUse: { kind: "auto" },
  parallelTools: true,
  format: { kind: "text" },
  stop: [],
  maxTokens: null,
  choices: 1,
  thinking: false,
  cuts: [],
});

const json =
  '<<data 8f2>>\n{"id":1,"title_ja":"星屑図書館","title_en":"Stardust Library"}\n' +
  '{"id":2,"title_ja":"猫と将棋","title_en":"Cats \\"and\\" Shogi"}\n<<end 8f2>>';

test("SIM-4 titles of a JSON context block, in the language of the answer", () => {
  assert.deepEqual(titlesIn(asking(json, "?"), "ja"), ["星屑図書館", "猫と将棋"]);
  assert.deepEqual(titlesIn(asking(json, "?"), "en")[0], "Stardust Library");
});

test("SIM-4 titles of lines, of 『』 and of 《》, each once", () => {
  const lines =
    "1. title: The Lamp | stock 3\n- Title: The Lamp\nタイトル：『雨の庭』\n《雨的花园》";
  assert.deepEqual(titlesIn(asking(lines), "en"), ["The Lamp", "雨の庭", "雨的花园"]);
});

test("without titles there are none, and there is a limit", () => {
  assert.deepEqual(titlesIn(asking("hello", ""), "en"), []);
  const many = Array.from({ length: 100 }, (_, n) => `title: T${n}`).join("\n");
  assert.equal(titlesIn(asking(many), "en").length, 20);
});
