import assert from "node:assert/strict";
import { test } from "node:test";

import {
  forbiddenArrows,
  forbiddenModules,
  importCycles,
  unlistedRooms,
  type Layers,
} from "./layer-rules.ts";
import { matches, roomOf } from "./rooms.ts";
import { sourceFile } from "./source-file.ts";

const layers: Layers = {
  rooms: {
    wire: [],
    lib: [],
    gateway: ["lib/**", "wire/**"],
    "gateway/budget": ["gateway", "lib/**"],
    "gateway/budget/store": ["gateway/budget", "lib/**"],
    "gateway/route": ["gateway"],
    "gateway/pipeline.ts": ["gateway/**"],
    "server/compose": ["**"],
    "tests/**": ["**"],
  },
  packages: {
    wire: ["wire/**"],
    lib: ["lib/**"],
    gateway: ["gateway/**", "lib/**"],
    server: ["**"],
  },
  adapters: { "lib/real-clock.ts": ["server/compose"], "gateway/*/store/*": ["server/compose"] },
  outside: { "node:buffer": ["**"], undici: ["lib"] },
  testModules: ["fast-check"],
};

const targets = [
  "wire/a.ts",
  "lib/clock.ts",
  "lib/real-clock.ts",
  "gateway/call.ts",
  "gateway/pipeline.ts",
  "gateway/budget/budgets.ts",
  "gateway/budget/_books.ts",
  "gateway/budget/store/sqlite.ts",
  "gateway/route/plan.ts",
  "server/compose/embedded.ts",
].map((path) => sourceFile(path, ""));

const arrows = (path: string, text: string): string[] =>
  forbiddenArrows([...targets, sourceFile(path, text)], layers);

const oneArrow = (path: string, specifier: string): string =>
  arrows(path, `import type { A } from "${specifier}";\n`)
    .map((finding) => finding.slice(finding.indexOf(": ", finding.indexOf("import")) + 2))
    .join(" | ");

const allowed: readonly (readonly [path: string, specifier: string])[] = [
  ["gateway/budget/x.ts", "./budgets.ts"],
  ["gateway/budget/x.ts", "../call.ts"],
  ["gateway/budget/x.ts", "@sekisho/lib/clock.ts"],
  ["gateway/budget/store/x.ts", "../budgets.ts"],
  ["gateway/pipeline.ts", "./route/plan.ts"],
  ["gateway/budget/x.test.ts", "./store/sqlite.ts"],
  ["gateway/budget/x.test.ts", "@sekisho/lib/real-clock.ts"],
  ["server/compose/x.ts", "@sekisho/gateway/budget/store/sqlite.ts"],
  ["server/compose/x.ts", "@sekisho/lib/real-clock.ts"],
  ["tests/e2e/x.ts", "@sekisho/lib/real-clock.ts"],
];

for (const [path, specifier] of allowed) {
  test(`${path} may import ${specifier}`, () => assert.equal(oneArrow(path, specifier), ""));
}

const refused: readonly (readonly [path: string, specifier: string, reason: RegExp])[] = [
  ["wire/x.ts", "@sekisho/lib/clock.ts", /room "wire" may not import room "lib"/],
  ["lib/x.ts", "@sekisho/wire/a.ts", /room "lib" may not import room "wire"/],
  ["gateway/budget/x.ts", "../route/plan.ts", /may not import room "gateway\/route"/],
  ["gateway/budget/x.ts", "../pipeline.ts", /may not import room "gateway\/pipeline.ts"/],
  ["gateway/call.ts", "./budget/budgets.ts", /may not import room "gateway\/budget"/],
  ["gateway/budget/x.ts", "./store/sqlite.ts", /may not import room "gateway\/budget\/store"/],
  ["gateway/pipeline.ts", "./budget/store/sqlite.ts", /only server\/compose may name the adapter/],
  [
    "gateway/budget/x.ts",
    "@sekisho/lib/real-clock.ts",
    /only server\/compose may name the adapter/,
  ],
  ["gateway/x.test.ts", "@sekisho/server/compose/embedded.ts", /may not import room "server/],
  ["gateway/x.ts", "../lib/clock.ts", /use "@sekisho\/lib\/clock.ts" across packages/],
  ["gateway/budget/x.ts", "@sekisho/gateway/call.ts", /use a relative path inside a package/],
  ["gateway/budget/store/x.ts", "../_books.ts", /"_books.ts" is not for other folders/],
  ["lib/x.ts", "./gone.ts", /there is no such file/],
];

for (const [path, specifier, reason] of refused) {
  test(`${path} may not import ${specifier}`, () =>
    assert.match(oneArrow(path, specifier), reason));
}

test("every form of import is read, and its line named", () => {
  const forms = [
    'import { a } from "@sekisho/wire/a.ts";',
    'import type { A } from "@sekisho/wire/a.ts";',
    'import "@sekisho/wire/a.ts";',
    'export { a } from "@sekisho/wire/a.ts";',
    'const b = import("@sekisho/wire/a.ts");',
    'type B = import("@sekisho/wire/a.ts").A;',
    'const c = new URL("../wire/a.ts", import.meta.url);',
    "import {\n  d,\n} from '@sekisho/wire/a.ts';",
    '// import "@sekisho/wire/a.ts";',
    'const e = `import "@sekisho/wire/a.ts"`;',
  ];
  const lines = arrows("lib/x.ts", forms.join("\n"))
    .filter((finding) => finding.includes("may not import"))
    .map((finding) => Number(finding.split(":")[1]));
  assert.deepEqual(lines, [1, 2, 3, 4, 5, 6, 7, 10]);
});

test("a worker's file without ./ is a file, not a module", () => {
  const file = sourceFile("lib/x.ts", 'const c = new URL("worker.ts", import.meta.url);');
  assert.match(forbiddenArrows([file], layers).join(), /there is no such file/);
  assert.deepEqual(forbiddenModules([file], layers), []);
});

test("a module from outside is for its rooms, and one that is not listed for nobody", () => {
  const modules = (path: string, name: string): number =>
    forbiddenModules([sourceFile(path, `import a from "${name}";`)], layers).length;
  assert.equal(modules("lib/x.ts", "undici"), 0);
  assert.equal(modules("wire/x.ts", "node:buffer"), 0);
  assert.equal(modules("gateway/x.ts", "undici"), 1);
  assert.equal(modules("lib/x.ts", "left-pad"), 1);
  assert.equal(modules("lib/x.ts", "node:child_process"), 1);
  assert.equal(modules("lib/x.test.ts", "node:child_process"), 0);
  assert.equal(modules("lib/x.test.ts", "left-pad"), 1);
  assert.equal(modules("tests/x.ts", "left-pad"), 0);
});

test("a folder that is not a room fails, and so does a room without a folder", () => {
  const findings = unlistedRooms([...targets, sourceFile("gateway/new/x.ts", "")], layers);
  assert.deepEqual(findings, [
    "gateway/new/x.ts: its folder is not a room of layers.ts",
    'layers.ts: room "tests/**" has no file; remove it or add the folder',
  ]);
});

test("a cycle is named with its whole path, types included", () => {
  const files = [
    sourceFile("lib/a.ts", 'import type { B } from "./b.ts";'),
    sourceFile("lib/b.ts", 'import { c } from "./c.ts";'),
    sourceFile("lib/c.ts", 'import { b } from "./b.ts";'),
  ];
  assert.deepEqual(importCycles(files), ["import cycle: lib/b.ts -> lib/c.ts -> lib/b.ts"]);
});

test("two ways to one file are no cycle", () => {
  const files = [
    sourceFile("lib/a.ts", 'import "./b.ts";\nimport "./c.ts";'),
    sourceFile("lib/b.ts", 'import "./c.ts";'),
    sourceFile("lib/c.ts", ""),
  ];
  assert.deepEqual(importCycles(files), []);
});

test("patterns: one segment, everything below, exactly this", () => {
  assert.equal(matches("gateway/*/store/*", "gateway/budget/store/sqlite.ts"), true);
  assert.equal(matches("gateway/*/store/*", "gateway/budget/books/store/sqlite.ts"), false);
  assert.equal(matches("server/**", "server"), true);
  assert.equal(matches("server/**", "server/edge/v1"), true);
  assert.equal(matches("server/**", "serverless"), false);
  assert.equal(matches("lib/a.ts", "lib/a-ts"), false);
});

test("a file's room: its own, its folder's, the nearest that spans subfolders", () => {
  const rooms = ["", "lib", "lib/a.ts", "server/edge/**", "tests/**"];
  assert.equal(roomOf("layers.ts", rooms), "");
  assert.equal(roomOf("lib/a.ts", rooms), "lib/a.ts");
  assert.equal(roomOf("lib/b.ts", rooms), "lib");
  assert.equal(roomOf("lib/http/b.ts", rooms), null);
  assert.equal(roomOf("server/edge/v1/chat/a.ts", rooms), "server/edge/**");
  assert.equal(roomOf("server/a.ts", rooms), null);
  assert.equal(roomOf("tests/tidy/a.ts", rooms), "tests/**");
});
