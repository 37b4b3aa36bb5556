import assert from "node:assert/strict";
import { test } from "node:test";

import { findFunctions } from "./functions.ts";
import { mask } from "./mask.ts";

const found = (text: string): [string, number][] =>
  findFunctions(mask(text).code).map(({ name, lines }) => [name, lines]);

const shapes: readonly (readonly [what: string, text: string, expected: [string, number][]])[] = [
  ["a declaration", "function f(a: number): void {\n  a;\n}", [["f", 3]]],
  ["an arrow with a block", "const f = (a: number): void => {\n  a;\n};", [["f", 3]]],
  ["an arrow with an expression", "const f = (a: number) =>\n  a +\n  1;", [["f", 3]]],
  ["an arrow that returns an object", "const f = () => ({\n  a: 1,\n});", [["f", 3]]],
  ["an async arrow", "const f = async (): Promise<void> => {\n};", [["f", 2]]],
  ["a method", "class A {\n  m<T>(a: T): T {\n    return a;\n  }\n}", [["m", 3]]],
  ["a constructor", "class A {\n  constructor() {\n  }\n}", [["constructor", 2]]],
  ["a method in an object", "const o = {\n  m() {\n  },\n};", [["m", 2]]],
  ["an arrow as a property", "const o = {\n  m: () => {\n  },\n};", [["m", 2]]],
  ["a type literal as return type", "const f = (): { a: { b: 1 } } => {\n};", [["f", 2]]],
  ["a union with a type literal", "function f(): A | { a: 1 } {\n}", [["f", 2]]],
  ["a generic with a type literal", "function f(): Map<A, { b: 1 }> {\n}", [["f", 2]]],
  [
    "a function as return type",
    "function f(): (a: A) => void {\n}",
    [
      ["f", 2],
      ["", 1],
    ],
  ],
  ["a type predicate", "const f = (a: unknown): a is { b: 1 } => {\n};", [["f", 2]]],
  ["a parameter with a default object", "const f = ({ a } = { a: 1 }) => {\n};", [["f", 2]]],
  ["a heading over several lines", "const f = (\n  a: A,\n): void => {\n  a;\n};", [["f", 5]]],
  ["an arrow that returns a template", "const f = (a: A) =>\n  `x${\n    a\n  }`;", [["f", 4]]],
  ["a function type in an annotation", "const o: Map<(a: A) => B> = {\n};", [["", 1]]],
  ["a method called `with`", "class A {\n  with() {\n  }\n}", [["with", 2]]],
  ["control flow is not a function", "if (a) {\n} else if (b) {\n}\nfor (;;) {\n}", []],
  ["a catch is not a function", "try {\n} catch (e) {\n}", []],
  ["a call in a conditional is not a function", "x = a ? f(b) : { c: 1 };", []],
  ["a signature in an interface is not a function", "interface I {\n  m(a: A): { b: 1 };\n}", []],
  ["a call in a case is not a function", "switch (a) {\n  case f(b): {\n  }\n}", []],
];

for (const [what, text, expected] of shapes) {
  test(`finds functions: ${what}`, () => assert.deepEqual(found(text), expected));
}

test("a function inside another is found too", () => {
  assert.deepEqual(found("const f = () => {\n  g(() => {\n    a;\n  });\n};"), [
    ["f", 5],
    ["", 3],
  ]);
});

test("a callback knows whose argument it is", () => {
  const [span] = findFunctions(mask('describe("x", () => {\n});').code);
  assert.equal(span?.argumentOf, "describe");
});
