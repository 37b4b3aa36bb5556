import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";

import { matchBrackets } from "./brackets.ts";
import { lineAt, mask } from "./mask.ts";

const code = (text: string): string => mask(text).code;

test("strings keep their quotes and lose their insides", () => {
  assert.equal(code(`f("a{b", 'c)d');`), `f("   ", '   ');`);
  assert.equal(code(String.raw`f("a\"{");`), `f("    ");`);
});

test("a string that never ends stops at the line's end", () => {
  assert.equal(code(`"abc\n{}`), `"   \n{}`);
});

test("comments are blank and their places known", () => {
  const masked = mask("a; // {\n/* {\n */ b;");
  assert.equal(masked.code, "a;     \n    \n    b;");
  assert.deepEqual(masked.comments, [
    [3, 7],
    [8, 16],
  ]);
});

test("a comment that never ends reaches to the end", () => {
  assert.equal(code("a /* {{"), "a      ");
});

test("a template loses its text and keeps its code", () => {
  assert.equal(code("`a{${b + `}${c}`}d}`;"), "`  ${b + ` ${c}`}  `;");
});

test("braces inside a template's code do not end it", () => {
  assert.equal(code("`x${{ a: 1 }.a}{`;"), "` ${{ a: 1 }.a} `;");
});

test("a slash after an operator or `return` begins a regular expression", () => {
  assert.equal(code(String.raw`x = /[/{]\/(/g;`), `x = /       /g;`);
  assert.equal(code("return /{/;"), "return / /;");
  assert.equal(code('f(/"/, 1);'), "f(/ /, 1);");
});

test("a slash after a value divides", () => {
  assert.equal(code(`a / b / "{"`), `a / b / " "`);
  assert.equal(code(`f(1) / "{"`), `f(1) / " "`);
  assert.equal(code(`t[0] / "{"`), `t[0] / " "`);
});

test("masking keeps length and lines, whatever the text", () => {
  const pieces = [
    "a",
    "{",
    "}",
    "(",
    '"',
    "'",
    "`",
    "${",
    "/",
    "*",
    "\\",
    "\n",
    " ",
    "//",
    "/*",
    "*/",
  ];
  const texts = fc
    .array(fc.constantFrom(...pieces), { maxLength: 60 })
    .map((parts) => parts.join(""));
  fc.assert(
    fc.property(texts, (text) => {
      const masked = code(text);
      assert.equal(masked.length, text.length);
      assert.equal(masked.replaceAll(/[^\n]/g, ""), text.replaceAll(/[^\n]/g, ""));
    }),
  );
});

test("lines count from 1", () => {
  assert.equal(lineAt("a\nb\nc", 0), 1);
  assert.equal(lineAt("a\nb\nc", 2), 2);
  assert.equal(lineAt("a\nb\nc", 4), 3);
});

test("brackets that do not balance are an error, not a guess", () => {
  assert.throws(() => matchBrackets("f(}"), /Cannot match "}" at offset 2/);
  assert.throws(() => matchBrackets("f(("), /Cannot match the bracket at offset 2/);
  assert.throws(() => matchBrackets(")"), /no bracket of its kind is open/);
});

test("of elements no slash begins a regular expression, of the code between them it may", () => {
  const element = (text: string): string => mask(text, true).code;
  assert.equal(element("<p>{a}</p>; <br />; f({ a }) / b;"), "<p>{a}</p>; <br />; f({ a }) / b;");
  assert.equal(element("<A b={c} />;\n/* { */ d;"), "<A b={c} />;\n        d;");
  assert.equal(element("<p>{a.replace(/}/, b)}</p>"), "<p>{a.replace(/ /, b)}</p>");
});
