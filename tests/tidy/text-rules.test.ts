import assert from "node:assert/strict";
import { test } from "node:test";

import { missingPaths, statedRules, unstatedRules, doubledRules } from "./doc-rules.ts";
import { sourceFile } from "./source-file.ts";
import * as rules from "./text-rules.ts";

const lines = (findings: readonly string[]): string[] =>
  findings.map((finding) => finding.split(":").slice(0, 2).join(":"));

const linesIn = (
  rule: (files: [ReturnType<typeof sourceFile>]) => string[],
  text: string,
): number[] => rule([sourceFile("lib/a.ts", text)]).map((finding) => Number(finding.split(":")[1]));

test("file names: kebab-case, and never one that says nothing", () => {
  const bad = (path: string): number => rules.badNames([sourceFile(path, "")]).length;
  for (const name of ["breaker.ts", "a/codes.data.ts", "a/_books.ts", "a/[id].ts", "a/x.sql.ts"]) {
    assert.equal(bad(name), 0, name);
  }
  for (const name of ["utils.ts", "a/helper.ts", "a/types.ts", "index.ts", "common.test.ts"]) {
    assert.equal(bad(name), 1, name);
  }
  for (const name of ["Breaker.ts", "a/twoWords.ts", "a/two_words.ts"]) {
    assert.equal(bad(name), 1, name);
  }
});

test("any as a type is found, the word elsewhere is not", () => {
  const text = [
    "const a: any = 1;",
    "type B = Map<string, any>;",
    "const c = b as any;",
    "const d: any[] = [];",
    "await Promise.any(list); // any",
    'const e = { any: 1, f: "any" };',
    "const g = (any: string) => any.length;",
  ];
  assert.deepEqual(linesIn(rules.looseAny, text.join("\n")), [1, 2, 3, 4]);
});

test("re-exports are found in every form, exports are not", () => {
  const text = [
    'export * from "./a.ts";',
    'export * as a from "./a.ts";',
    'export { b } from "./a.ts";',
    'export type { C } from "./a.ts";',
    "export const d = 1;",
    "export { d as e };",
  ];
  assert.deepEqual(linesIn(rules.reExports, text.join("\n")), [1, 2, 3, 4]);
});

test("module mocks are found, mocked functions are not", () => {
  const text = ['mock.module("x", {});', 't.mock.module("x");', 'vi.mock("x");', "mock.fn();"];
  assert.deepEqual(linesIn(rules.moduleMocks, text.join("\n")), [1, 2, 3]);
});

test("a suppressed lint rule needs its reason", () => {
  const text = [
    "// oxlint-disable-next-line no-console",
    "// oxlint-disable-next-line no-console -- the command's output",
    "/* oxlint-disable no-console */",
  ];
  assert.deepEqual(linesIn(rules.silentSuppressions, text.join("\n")), [1, 3]);
});

test("a cast needs a comment on its line or above; renames and const are no casts", () => {
  const text = [
    'import { a as b } from "./a.ts";',
    'import * as c from "./c.ts";',
    "export { c as d };",
    "const e = f as G;",
    "const h = f as G; // checked by parse()",
    "// checked by parse()",
    "const i = f as G;",
    "const j = [1] as const;",
    "const k = f(1) as unknown as G;",
  ];
  assert.deepEqual(linesIn(rules.silentCasts, text.join("\n")), [4, 9, 9]);
  assert.deepEqual(rules.silentCasts([sourceFile("lib/a.test.ts", "const e = f as G;")]), []);
});

const authorities = {
  ambient: { Date: ["lib/time"], setTimeout: ["lib/time"], "Math.random": [], eval: [] },
  ambientInTests: { "Date.now": [], "new Date()": [], setTimeout: ["lib/time"] },
};

const ambientLines = (path: string, text: readonly string[]): string[] =>
  lines(
    rules.ambientAuthority([sourceFile(path, text.join("\n"))], authorities, ["lib", "lib/time"]),
  );

test("ambient authority is found outside its adapters", () => {
  const text = ["Date.now();", "new Date();", "setTimeout(f, 1);", "Math.random();", "f(Date);"];
  const all = ["lib/a.ts:1", "lib/a.ts:2", "lib/a.ts:5", "lib/a.ts:3", "lib/a.ts:4"];
  assert.deepEqual(ambientLines("lib/a.ts", text), all);
  assert.deepEqual(ambientLines("lib/time/a.ts", text), ["lib/time/a.ts:4"]);
  assert.deepEqual(ambientLines("tests/e2e/a.ts", text), []);
});

test("real time and real sleeps are found in unit tests, conversions are not", () => {
  const text = [
    "Date.now();",
    "new Date();",
    "new Date(5);",
    "setTimeout(f, 1);",
    "Date.UTC(1, 2);",
  ];
  const all = ["lib/a.test.ts:1", "lib/a.test.ts:2", "lib/a.test.ts:4"];
  assert.deepEqual(ambientLines("lib/a.test.ts", text), all);
  assert.equal(ambientLines("lib/clock-conformance.ts", text).length, 3);
  assert.equal(ambientLines("lib/time/a.test.ts", text).length, 2);
});

test("methods, properties, strings and longer words are not ambient authority", () => {
  const text = ["socket.setTimeout(1);", 'f("Date");', "const a = { Date: 1 };", "parseDate();"];
  assert.deepEqual(
    ambientLines("lib/a.ts", [...text, "interface B { eval?: string }", "DateLike;"]),
    [],
  );
});

const effects = (path: string, text: readonly string[]): string[] =>
  lines(rules.topLevelEffects([sourceFile(path, text.join("\n"))], ["server/main.ts"]));

test("what runs at import is found", () => {
  const text = [
    "start();",
    "let a = 1;",
    "if (a) {",
    "}",
    'const b = readFileSync("x");',
    "await c;",
  ];
  const found = new Set(effects("lib/a.ts", text).map((place) => place.split(":")[1]));
  assert.deepEqual(found, new Set(["1", "2", "3", "5", "6"]));
  assert.deepEqual(effects("server/main.ts", text), []);
  assert.deepEqual(effects("lib/a.test.ts", text), []);
});

test("declarations, and calls that only make a value, are no effects", () => {
  const text = [
    'import a from "a";',
    "export const b = new Map([[1, f()]]);",
    "const c = async () => {",
    "  await d;",
    '  readFileSync("x");',
    "};",
    "export abstract class E {",
    "  f() {",
    "    let g = 1;",
    "  }",
    "}",
    "class F extends G<H> {",
    "  readonly #i = new DatabaseSync(j);",
    "  k() {",
    "  }",
    "}",
    "const h = `",
    "text at the margin",
    "${i(`j`)} and code at the margin",
    "`;",
  ];
  assert.deepEqual(effects("lib/a.ts", text), []);
});

const spec = {
  path: "docs/spec/wire.md",
  text: "# Wire\n\n- **WIR-1** One port.\n- **WIR-2** Fast.\n",
};

test("rules: stated ids, ids stated twice, quoted ids that nothing states", () => {
  assert.deepEqual(
    [...statedRules([spec])],
    [
      ["WIR-1", "docs/spec/wire.md:3"],
      ["WIR-2", "docs/spec/wire.md:4"],
    ],
  );
  assert.deepEqual(doubledRules([spec, { path: "b.md", text: "- **WIR-2** Again." }]), [
    "b.md:1: WIR-2 is stated in docs/spec/wire.md:4 already",
  ]);
  const file = sourceFile("lib/a.test.ts", 'test("WIR-1 a", f);\ntest("WIR-9 b SHA-256", f);');
  assert.deepEqual(unstatedRules([file], new Set(["WIR-1"])), [
    "lib/a.test.ts:2: docs/spec states no WIR-9",
  ]);
});

test("a path in backticks must exist", () => {
  const doc = {
    path: "A.md",
    text: "`tests/tidy/rooms.ts` and\n`tests/tidy/gone.ts` and `GET /x`",
  };
  assert.deepEqual(missingPaths([doc]), ["A.md:2: `tests/tidy/gone.ts` does not exist"]);
});
