import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import type { CanonicalRequest, Message } from "@sekisho/wire/canonical/request.ts";
import { readChatRequest } from "@sekisho/wire/openai/chat-request.ts";
import { Buffer } from "node:buffer";
import type { Complexity } from "../complexity.ts";
import { complexityRule, decisivePoints, usualRule } from "./complexity-rule.ts";
import {
  judgeComplexity,
  judgedRequest,
  readUnits,
  type JudgedRequest,
} from "./judge-complexity.ts";

const first: JudgedRequest = {
  text: "",
  isFirst: true,
  hasTools: false,
  hasAttachment: false,
  asksToThink: false,
};

const reference = complexityRule({ ...usualRule, score: "reference" });
const all = complexityRule(usualRule);

const judged = (text: string, over: Partial<JudgedRequest> = {}, rule = all) =>
  judgeComplexity({ ...first, text, ...over }, rule);
const later = { isFirst: false };
const filler = "Kimetsu no Yaiba vols 1 to 23, the boxed ones I saw, ";

describe("REF-5 the signals of the reference deployment", () => {
  const rows: readonly [text: string, over: Partial<JudgedRequest>, is: Complexity, why: string][] =
    [
      ["Naruto 5", {}, "simple", "short, no history"],
      ["Naruto 5", later, "strong", "short alone"],
      ["Hello there", later, "simple", "short, greeting"],
      ["x".repeat(49), {}, "simple", "49 characters are under 50"],
      ["x".repeat(50), {}, "strong", "50 are not"],
      ["😀".repeat(49), {}, "simple", "a character of two units is one"],
      [`${filler}thanks`, {}, "simple", "thanks, no history"],
      [`${filler}thanks and hello, price?`, later, "strong", "words are one sign together"],
      [`yes, ${filler}`, {}, "simple", "yes"],
      [`${filler}price`, {}, "simple", "price"],
      [`${filler}when do you open`, {}, "simple", "hours"],
      [`${filler}your address`, {}, "simple", "address"],
      [`${filler}in stock`, {}, "simple", "stock"],
      ["Recommend one", {}, "strong", "recommend"],
      ["suggest one", {}, "strong", "suggest"],
      ["Compare them, price?", {}, "strong", "compare"],
      ["a review", {}, "strong", "review"],
      ["a preview", {}, "simple", "never inside a word"],
      ["bestow, dissimilar, overdescribed", {}, "simple", "never inside words"],
      ["similar ones", {}, "strong", "similar"],
      ["the best", {}, "strong", "best"],
      ["explain", {}, "strong", "explain"],
      ["describe", {}, "strong", "describe"],
      ["analyse", {}, "strong", "analyse"],
      ["summarise", {}, "strong", "summarise"],
      [`hello ${"x ".repeat(97)}`, {}, "simple", "199 characters, greeting, no history"],
      [`hello ${"x".repeat(195)}`, {}, "strong", "201 characters"],
      ["こんにちは", later, "simple", "short, greeting"],
      ["おすすめは?", {}, "strong", "recommend"],
      ["この二冊を比較して", {}, "strong", "compare"],
      ["比較的安い?", {}, "simple", "比較的 is no comparison"],
      ["你好", later, "simple", "short, greeting"],
      ["推荐一本", {}, "strong", "recommend"],
      ["推薦一本", {}, "strong", "the same in traditional script"],
    ];
  for (const [text, over, is, why] of rows) {
    test(`${is}: ${text.slice(0, 30)} (${why})`, () => {
      assert.equal(judged(text, over, reference).complexity, is);
    });
  }

  test("are not turned round by any other, when all of them count", () => {
    assert.equal(judged("おすすめの値段は? いつ発売? 在庫は?").complexity, "strong");
    assert.equal(
      judged(`price, when is it out, my order? ${"x".repeat(200)}`).complexity,
      "strong",
    );
  });
});

describe("RTE-5 a request is judged by points", () => {
  test("which are the sum of its signals, each with the word of the list", () => {
    assert.deepEqual(judged("いくら?"), {
      complexity: "simple",
      points: -3,
      signals: [
        { name: "short", points: -1, word: null },
        { name: "no history", points: -1, word: null },
        { name: "price", points: -1, word: "いくら" },
      ],
    });
  });

  test("beyond REF-5 each kind of word is worth one, code and disputes two", () => {
    assert.equal(judged("Fix my SQL").points, 0);
    assert.equal(judged("Why is Guts angry").points, -1);
    assert.equal(judged("Why is Guts angry", {}, reference).points, -2);
    assert.equal(judged("Why, why, why is Guts angry, how come").points, -1, "once");
  });

  test("a short message that is as wide as a long one is not short", () => {
    const kana = (count: number) => judged("ぬ".repeat(count));
    assert.deepEqual([kana(24).complexity, kana(25).complexity], ["simple", "strong"]);
    assert.deepEqual(
      kana(25).signals.map(({ name }) => name),
      ["short", "wide", "no history"],
    );
    assert.equal(judged("ぬ".repeat(25), {}, reference).complexity, "simple");
    assert.equal(judged("x".repeat(49)).complexity, "simple");
    assert.equal(judged("😀".repeat(49)).complexity, "simple");
  });

  test("tools are one more sign that is needed, attachments and thinking make it strong", () => {
    assert.equal(judged("hi").complexity, "simple");
    assert.equal(judged("hi", { hasTools: true }).complexity, "simple");
    assert.equal(judged("Naruto 5", { hasTools: true }).complexity, "strong");
    assert.equal(judged("hi", { hasAttachment: true }).complexity, "strong");
    assert.equal(judged("hi", { asksToThink: true }).complexity, "strong");
  });

  test("nothing said is strong: there is nothing that is simple about it", () => {
    assert.equal(judged("").complexity, "strong");
  });

  test("an administrator's words count before the lists', and limits are the rule's", () => {
    const words = { simple: ["ポイ活"], strong: ["opening hours", "C++"] };
    const own = complexityRule({ ...usualRule, words, simpleAtMostPoints: -3, longAboveChars: 60 });
    assert.equal(judged("ポイ活", {}, own).complexity, "simple");
    assert.equal(judged("Naruto 5", {}, own).complexity, "strong");
    assert.equal(judged("opening hours?", {}, own).complexity, "strong");
    assert.equal(judged("c++", {}, own).complexity, "strong");
    assert.equal(judged(`hello ${"x".repeat(60)}`, {}, own).complexity, "strong");
  });

  test("what is beyond the limit of a text is not read, and it is still long", () => {
    const text = `${"あ".repeat(3_999_999)} 在庫`;
    const { points, signals } = judged(textOfMessage(text));
    assert.equal(points, decisivePoints - 1);
    assert.deepEqual(
      signals.map(({ name }) => name),
      ["long", "no history"],
    );
  });

  test("no text makes it throw, and its verdict is that of its points", () => {
    const text = fc.string({ unit: "binary", maxLength: 400 });
    fc.assert(
      fc.property(text, fc.boolean(), fc.boolean(), (said, isFirst, hasTools) => {
        const { complexity, points, signals } = judged(said, { isFirst, hasTools });
        assert.equal(
          points,
          signals.reduce((sum, each) => sum + each.points, 0),
        );
        assert.equal(complexity, points <= -2 ? "simple" : "strong");
      }),
    );
  });
});

const canonicalOf = (body: object): CanonicalRequest => {
  const read = readChatRequest(Buffer.from(JSON.stringify({ model: "auto", ...body })));
  assert.ok(read.ok);
  const canonical = read.value.toCanonical();
  assert.ok(canonical.ok);
  return canonical.value;
};

function textOfMessage(content: string): string {
  return judgedRequest(canonicalOf({ messages: [{ role: "user", content }] })).text;
}

describe("RTE-5 what is judged of a request", () => {
  const user = (content: unknown) => ({ role: "user", content });
  const judgedOf = (messages: readonly object[], over: object = {}): JudgedRequest =>
    judgedRequest(canonicalOf({ messages, ...over }));

  test("is its last message of the user; instructions are no history", () => {
    const system = { role: "system", content: "Compare everything." };
    assert.deepEqual(judgedOf([system, user("  hi \n")]), { ...first, text: "hi" });
    const answer = { role: "assistant", content: "Hello" };
    const { text, isFirst } = judgedOf([user("compare"), answer, user("thanks")]);
    assert.deepEqual([text, isFirst], ["thanks", false]);
  });

  test("is what the user said when the last message is a tool's", () => {
    const call = { id: "t", type: "function", function: { name: "f", arguments: "{}" } };
    const messages = [
      user("compare"),
      { role: "assistant", tool_calls: [call] },
      { role: "tool", tool_call_id: "t", content: "hello" },
    ];
    assert.deepEqual([judgedOf(messages).text, judgedOf(messages).isFirst], ["compare", false]);
  });

  test("are all text parts, the tools, the pictures and the asked effort", () => {
    const parts = [
      { type: "text", text: "one" },
      { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } },
      { type: "text", text: "two" },
    ];
    const tools = [{ type: "function", function: { name: "f", parameters: {} } }];
    const judgedRequest = judgedOf([user(parts)], { tools, reasoning_effort: "high" });
    assert.deepEqual(judgedRequest, {
      text: "one\ntwo",
      isFirst: true,
      hasTools: true,
      hasAttachment: true,
      asksToThink: true,
    });
  });

  test("is at most the limit of a text, and nothing where nobody said anything", () => {
    assert.equal(textOfMessage("a".repeat(10 * readUnits)).length, readUnits);
    const message: Message = { role: "assistant", parts: [{ kind: "text", text: "compare" }] };
    const request = { ...canonicalOf({ messages: [user("x")] }), messages: [message] };
    assert.equal(judgedRequest(request).text, "");
  });
});
