import assert from "node:assert/strict";
import { describe, test } from "node:test";

import fc from "fast-check";

import { JsonScanner } from "./json-scan.ts";
import { insertMembers, splice } from "./splice.ts";

const scanner = new JsonScanner(["model", "n"]);

const scanOf = (bytes: Buffer) => {
  const scanned = scanner.scan(bytes);
  assert.ok(scanned.ok);
  return scanned.value;
};

describe("splice", () => {
  test("edits apply in the order of their places, whatever order they come in", () => {
    const edits = [
      { start: 4, end: 5, text: "é" },
      { start: 0, end: 0, text: "<" },
      { start: 5, end: 5, text: ">" },
      { start: 1, end: 3, text: "" },
    ];
    assert.equal(splice(Buffer.from("abcde"), edits).toString(), "<adé>");
  });

  test("without edits the bytes are the same", () => {
    assert.equal(splice(Buffer.from("abc"), []).toString(), "abc");
  });
});

describe("insertMembers", () => {
  const table = [
    ["{}", '{"a":1,"b":[2]}'],
    ['{"n":1}', '{"a":1,"b":[2],"n":1}'],
    [' { "n":1 }', ' {"a":1,"b":[2], "n":1 }'],
  ] as const;
  for (const [body, expected] of table) {
    test(`into ${body}`, () => {
      const bytes = Buffer.from(body);
      const edit = insertMembers(scanOf(bytes), [
        ["a", "1"],
        ["b", "[2]"],
      ]);
      assert.equal(splice(bytes, [edit]).toString(), expected);
    });
  }

  test("no members leave the bytes as they are", () => {
    const bytes = Buffer.from('{"n":1}');
    assert.equal(splice(bytes, [insertMembers(scanOf(bytes), [])]).toString(), '{"n":1}');
  });
});

test("WIR-10 only the replaced value changes: numbers, order and white space survive", () => {
  const value = fc.jsonValue({ depthSize: "small" });
  fc.assert(
    fc.property(value, value, fc.string(), (before, after, model) => {
      const head = `{ "z":9007199254740993 , "y":${JSON.stringify(before)},"model":`;
      const tail = ` ,"x":1.0e-0, "w":${JSON.stringify(after)}}`;
      const bytes = Buffer.from(`${head}"gpt"${tail}`);
      const span = scanOf(bytes).span("model");
      assert.ok(span !== null);
      const spliced = splice(bytes, [{ ...span, text: JSON.stringify(model) }]);
      assert.equal(spliced.toString(), `${head}${JSON.stringify(model)}${tail}`);
    }),
    { numRuns: 500 },
  );
});
