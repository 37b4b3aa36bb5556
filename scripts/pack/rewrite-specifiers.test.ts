import assert from "node:assert/strict";
import { test } from "node:test";

import { rewriteSpecifiers } from "./rewrite-specifiers.ts";

const rewritten: readonly (readonly [path: string, text: string, expected: string])[] = [
  ["server/main.js", 'import { a } from "./a.ts";', 'import { a } from "./a.js";'],
  ["server/main.js", 'import "../wire/a.data.ts";', 'import "../wire/a.data.js";'],
  [
    "server/edge/a.js",
    'import { b } from "@sekisho/lib/http/b.ts";',
    'import { b } from "../../lib/http/b.js";',
  ],
  ["server/bin.js", 'await import("@sekisho/lib/c.ts")', 'await import("../lib/c.js")'],
  ["lib/a.d.ts", 'type A = import("./b.ts").B;', 'type A = import("./b.js").B;'],
  ["server/a.js", 'export { b } from "./library/b.ts";', 'export { b } from "./library/b.js";'],
  // What is no module of ours stays.
  ["server/a.js", 'import { z } from "zod";', 'import { z } from "zod";'],
  [
    "server/a.js",
    'import m from "../package.json" with {};',
    'import m from "../package.json" with {};',
  ],
  ["server/a.js", 'const file = "./a.ts";', 'const file = "./a.ts";'],
  ["server/a.js", 'import x from "./a.d.ts";', 'import x from "./a.d.ts";'],
];

for (const [path, text, expected] of rewritten) {
  test(`${path}: ${text}`, () => assert.equal(rewriteSpecifiers(path, text), expected));
}
