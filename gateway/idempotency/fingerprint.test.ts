import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import fc from "fast-check";
import type { SurfaceHead } from "../request.ts";
import { fingerprintOf } from "./fingerprint.ts";

const chat: SurfaceHead = { surface: "openai.chat" };
const print = (text: string, said: SurfaceHead = chat): string =>
  fingerprintOf(said, Buffer.from(text));

/** The same value with its members in reverse and spaces between them. */
function respelt(value: unknown): string {
  if (Array.isArray(value)) return `[ ${value.map(respelt).join(" , ")} ]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .toReversed()
    .map(([key, each]) => `${JSON.stringify(key)} : ${respelt(each)}`);
  return `{ ${members.join(",")} }`;
}

test("STR-13 the order of members and spaces between them make no other request", () => {
  fc.assert(
    fc.property(fc.jsonValue({ noUnicodeString: false }), (value) => {
      const json = JSON.stringify(value);
      assert.equal(print(respelt(JSON.parse(json))), print(json));
    }),
  );
});

test("STR-13 whatever else differs makes another request", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, two) => {
      const [a, b] = [JSON.stringify(one), JSON.stringify(two)];
      fc.pre(respelt(JSON.parse(a)) !== respelt(JSON.parse(b)));
      const isSame = isEqual(JSON.parse(a), JSON.parse(b));
      assert.equal(print(a) === print(b), isSame);
    }),
  );
});

const isEqual = (one: unknown, two: unknown): boolean => {
  try {
    assert.deepEqual(one, two);
    return true;
  } catch {
    return false;
  }
};

// Two of them are the same to a program, but not to whoever asks.
for (const [one, two] of [
  ["1", '"1"'],
  ["1", '"n1"'],
  ["12345678901234567890", "12345678901234567891"],
  ["[1]", '{"0":1}'],
  ["null", '"null"'],
  ['"a"', '"sa"'],
] as const) {
  test(`STR-13 ${one} and ${two} are not the same`, () => assert.notEqual(print(one), print(two)));
}

test("STR-13 surface, path and headers of its own belong to a request", () => {
  const path = { model: "m", stream: false };
  const prints = [
    print("{}"),
    print("{}", { surface: "openai.completions" }),
    print("{}", { surface: "bedrock.converse", path }),
    print("{}", { surface: "bedrock.converse", path: { ...path, stream: true } }),
    print("{}", { surface: "bedrock.converse", path: { ...path, model: "n" } }),
    print("{}", { surface: "bedrock.invoke", path, head: { headers: new Map() } }),
    print("{}", { surface: "bedrock.invoke", path, head: { headers: new Map([["a", "b"]]) } }),
    print("{}", { surface: "anthropic.messages", head: { apiVersion: "2023-06-01", betas: null } }),
    print("{}", { surface: "anthropic.messages", head: { apiVersion: "2023-06-01", betas: "b" } }),
  ];
  assert.equal(new Set(prints).size, prints.length);
});
