import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Served } from "@sekisho/gateway/answer.ts";
import { droppedHeaders, passedHeaders, servedHeaders } from "./answer-headers.ts";

const served = (upstreamModel: string, dropped: readonly string[] = []): Served => ({
  target: { provider: "near", region: "eu-west-1", upstreamModel },
  attempts: 1,
  dropped,
});

const valueOf = (headers: readonly string[], name: string): string | undefined =>
  headers[headers.indexOf(name) + 1];

describe("SEC-5 what others named stands in headers as visible ASCII", () => {
  const names: readonly (readonly [name: string, written: string])[] = [
    ["anthropic.claude-haiku-4-5:0", "anthropic.claude-haiku-4-5:0"],
    ["arn:aws:bedrock:::x/y", "arn:aws:bedrock:::x/y"],
    ["gpt-日本", "gpt-%E6%97%A5%E6%9C%AC"],
    ["a\r\nfoo: bar\0", "a%0D%0Afoo:%20bar%00"],
    ["50%", "50%25"],
    ["a\ud800", "a%EF%BF%BD"],
  ];
  for (const [name, written] of names) {
    test(`${JSON.stringify(name)} is ${written}`, () => {
      assert.equal(valueOf(servedHeaders(served(name)), "x-sekisho-model"), written);
    });
  }

  test("dropped names are a list, whatever is in them", () => {
    const headers = servedHeaders(served("m", ["top_k", "a, b", "見\n"]));
    assert.equal(valueOf(headers, "x-sekisho-dropped"), "top_k, a%2C%20b, %E8%A6%8B%0A");
  });

  test("dropped names beyond 2,048 characters are counted", () => {
    const names = Array.from({ length: 300 }, (_, n) => `field-${n + 100}`);
    const [, value = ""] = droppedHeaders(names);
    assert.ok(value.length <= 2_100, `${value.length} characters`);
    const told = value.split(", ");
    assert.deepEqual(told.slice(0, -1), names.slice(0, told.length - 1));
    assert.equal(told.at(-1), `...${names.length - told.length + 1}`);
  });

  test("headers of a provider that hold anything else are left out", () => {
    const flat = ["x-a", "1", "x-b", "a\r\nset-cookie: c", "x-c", "日本", "x-d", "two words"];
    assert.deepEqual(passedHeaders(flat), ["x-a", "1", "x-d", "two words"]);
  });
});
