import assert from "node:assert/strict";
import { test } from "node:test";
import { readDocument } from "./document.ts";

const read = (text: string) => readDocument(Buffer.from(text));

const faults = (text: string | Uint8Array): string[] => {
  const outcome = readDocument(typeof text === "string" ? Buffer.from(text) : text);
  return outcome.ok ? [] : outcome.problems.map(({ line, sentence }) => `${line}: ${sentence}`);
};

const tree = (text: string): unknown => {
  const outcome = read(text);
  assert.deepEqual(faults(text), []);
  return outcome.ok ? outcome.value.tree : null;
};

test("YAML and JSON of the same meaning give the same tree", () => {
  const json = '{\n\t"listen": {\n\t\t"port": 8080\n\t},\n\t"models": {}\n}\n';
  assert.deepEqual(tree("listen: { port: 8080 }\nmodels: {}\n"), tree(json));
});

test("an empty file, one of comments and one with a byte order mark are maps", () => {
  assert.deepEqual(tree(""), {});
  assert.deepEqual(tree("# nothing\n"), {});
  assert.deepEqual(tree("\uFEFFdata: x\n"), { data: "x" });
});

test("anchors and merge keys are understood", () => {
  const text = "a: &a { x: 1 }\nb: *a\nc: { <<: *a, y: 2 }\n";
  assert.deepEqual(tree(text), { a: { x: 1 }, b: { x: 1 }, c: { x: 1, y: 2 } });
});

test("a file that cannot be read is refused with one sentence per line", () => {
  const rows: readonly [string, string[]][] = [
    ["a: 1\na: 2\n", ['2: Cannot read the file: the key "a" stands twice']],
    ["- 1\n", ["1: Cannot read the file: it is not a map of keys"]],
    ["just text", ["1: Cannot read the file: it is not a map of keys"]],
    ["a: 1\n---\nb: 2\n", ["2: Cannot read the file: it holds several documents"]],
    ["a: !secret x\n", ["1: Cannot read the file: Unresolved tag: !secret"]],
    [
      "a: *b\n",
      [
        "null: Cannot read the file: Unresolved alias " +
          "(the anchor must be set before the alias): b",
      ],
    ],
    [
      "a: [1\nb: 2\n",
      [
        "2: Cannot read the file: Flow sequence in block collection must be sufficiently " +
          "indented and end with a ]",
      ],
    ],
  ];
  for (const [text, expected] of rows) assert.deepEqual(faults(text), expected, text);
});

test("an unquoted ${…} inside braces is refused with the way out", () => {
  const [first = ""] = faults("listen: { port: ${PORT:-1} }\n");
  assert.match(first, /^1: .*\(a text with \$\{…\} is quoted inside \{ \} and \[ \]\)$/);
});

test("SEC-4 hostile files are refused: too large, not UTF-8, too deep, unfolding", () => {
  assert.deepEqual(faults(Buffer.alloc(1_048_577, "#")), [
    "null: Cannot read the file: it has 1048577 bytes, the limit is 1048576",
  ]);
  assert.deepEqual(faults(Buffer.from([0x61, 0x3a, 0x20, 0xff])), [
    "null: Cannot read the file: it is not UTF-8",
  ]);
  assert.deepEqual(faults(`a: ${"[".repeat(20_000)}`), [
    "1: Cannot read the file: it is nested too deeply",
  ]);
  const deep = `a: ${"{ x: ".repeat(40)}1${" }".repeat(40)}`;
  assert.deepEqual(faults(deep), ["1: a is nested more than 32 deep"]);
  const bomb = ["a: &a [x, x, x, x, x, x, x, x, x, x]"];
  for (const [from, to] of ["ab", "bc", "cd", "de"]) {
    bomb.push(`${to}: &${to} [${`*${from}, `.repeat(10)}]`);
  }
  assert.match(faults(bomb.join("\n"))[0] ?? "", /Excessive alias count/);
});

test("a large map is read in time: keys are not compared each with each", () => {
  const wide = Array.from({ length: 10_000 }, (_, at) => `k${at}: 1`).join("\n");
  assert.equal(Object.keys(tree(wide) ?? {}).length, 10_000);
  assert.deepEqual(faults(`${wide}\nk7: 2`), [
    '10001: Cannot read the file: the key "k7" stands twice',
  ]);
});

test("SEC-5 a __proto__ key is refused wherever it stands", () => {
  assert.deepEqual(faults("models:\n  __proto__: { x: 1 }\n"), [
    "2: models.__proto__ is not a key that a map may have",
  ]);
});

test("lineOf finds keys, positions and aliases, and falls back to what is there", () => {
  const outcome = read(
    "# one\nlisten:\n  port: 1\nkeys:\n  - a: 1\n  - b: 2\nx: &x { y: 1 }\nz: *x\n",
  );
  assert.ok(outcome.ok);
  const { lineOf } = outcome.value;
  assert.equal(lineOf(["listen"]), 2);
  assert.equal(lineOf(["listen", "port"]), 3);
  assert.equal(lineOf(["listen", "missing", "deeper"]), 2);
  assert.equal(lineOf(["keys", 1, "b"]), 6);
  assert.equal(lineOf(["keys", 9]), 4);
  assert.equal(lineOf(["z", "y"]), 7);
  assert.equal(lineOf(["nowhere"]), null);
  assert.equal(lineOf([]), null);
});
