import assert from "node:assert/strict";
import { test } from "node:test";
import { wordsToSay } from "./instruction.ts";

const cases: readonly [text: string, words: string | null][] = [
  ["Reply with exactly: PONG", "PONG"],
  ['Please respond with only the word "yes".', "yes"],
  ["Answer with exactly this text: two\nlines", "two\nlines"],
  ["Reply with “ok”", "ok"],
  ["Say this is a test", "this is a test"],
  ["please say: hello", "hello"],
  ["Repeat after me: 日本語 🎉", "日本語 🎉"],
  ["「了解です」とだけ答えてください", "了解です"],
  ["次の文を繰り返してください：猫が好き", "猫が好き"],
  ["请只回复“好的”", "好的"],
  ["请回复：收到", "收到"],
  ["What did he say about it?", null],
  ["Reply to my question about prices", null],
  ["おすすめの漫画は何ですか", null],
  ["", null],
];
for (const [text, words] of cases) {
  test(`SIM-4 "${text}" asks to say ${words === null ? "nothing" : `"${words}"`}`, () =>
    assert.equal(wordsToSay(text), words));
}

test("a hostile text is read in linear time", () => {
  const text = `please say ${"exactly the words ".repeat(50_000)}`;
  assert.ok((wordsToSay(text)?.length ?? 0) < 20_001);
});
