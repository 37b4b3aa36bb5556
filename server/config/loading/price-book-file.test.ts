import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { priceAt } from "@sekisho/gateway/price.ts";
import { showConfig } from "./show-config.ts";
import { loaded, parseText } from "./text-fixture.ts";

const naming = "prices: { book: ./prices.yaml }\n";

const bookOf = (text: string) =>
  loaded(naming, { files: { "prices.yaml": text } }).config.prices.book;

const example = readFileSync(new URL("../../../examples/prices.yaml", import.meta.url), "utf8");

const priceOf = (text: string, model: string, day: string) => {
  const entry = bookOf(text).entry(model);
  return entry === null ? null : priceAt(entry.prices, Date.parse(`${day}T00:00:00Z`));
};

test("MON-2 the book of a file lies over the builtin one, with its version", () => {
  const now = priceOf(example, "gpt-4o", "2026-11-21");
  assert.deepEqual(
    [now?.version, now?.input, now?.cacheRead, now?.origin.source, now?.origin.until],
    ["book/acme-2026-11/gpt-4o", 2_250_000_000, 1_125_000_000, "contract 4711", "2027-01-01"],
  );
  assert.equal(
    priceOf(example, "gpt-4o", "2027-01-01")?.version,
    "book/acme-2026-11/gpt-4o@2027-01-01",
  );
  const own = priceOf(example, "my-model", "2026-11-21");
  assert.deepEqual(
    [own?.cacheWrite1h, own?.bands[0]?.output, own?.bands[0]?.version, own?.origin.source],
    [100_000_000, 2_500_000_000, "book/acme-2026-11/my-model/over-100000", "./prices.yaml"],
  );
  assert.equal(priceOf(example, "gpt-4", "2026-11-21")?.version, "2026-11-20/gpt-4");
  assert.equal(bookOf(example).edition, "acme-2026-11 (./prices.yaml) over 2026-11-20");
});

test("MON-2 a model of the file has none of its builtin prices, at no time, under no name", () => {
  const late =
    "version: v\nmodels: { anthropic.claude-haiku-5-5: [" +
    '{ rates: { input: 7, output: 8 }, from: "2026-12-01", isRegional: true }] }';
  assert.equal(priceOf(late, "claude-haiku-5-5", "2026-11-21"), null);
  const later = priceOf(late, "eu.anthropic.claude-haiku-5-5", "2026-12-01");
  assert.deepEqual(
    [later?.input, later?.version],
    [8, "book/v/anthropic.claude-haiku-5-5@2026-12-01/110%"],
  );
});

test("MON-2 a line may charge requests and images beside their tokens", () => {
  const own = priceOf(example, "my-model", "2026-11-21");
  assert.deepEqual(own?.flat, { perRequest: 1_000_000, perImage: 5_000_000, nanoUsd: 1_000_000 });
  assert.equal(priceOf(example, "gpt-4o", "2026-11-21")?.flat, undefined);
});

test("MON-2 the path of a book is relative to the file that names it, or whole", () => {
  const text = "version: v\nmodels: {}\n";
  for (const [name, book, file] of [
    ["etc/sekisho.yaml", "./prices.yaml", "etc/prices.yaml"],
    ["etc/sekisho.yaml", "../prices.json", "prices.json"],
    ["etc/sekisho.yaml", "/opt/prices.yml", "/opt/prices.yml"],
  ] as const) {
    const { config } = loaded(`prices: { book: "${book}" }\n`, { name, files: { [file]: text } });
    assert.equal(config.prices.book.own?.version, "v");
  }
});

test("OPS-3 the configuration in force shows the path of its book", () => {
  const shown = showConfig(loaded(naming, { files: { "prices.yaml": "version: v\nmodels: {}" } }));
  const { value, line } = shown.find(({ path }) => path === "prices.book") ?? assert.fail();
  assert.deepEqual([value, line], ['"./prices.yaml"', 1]);
});

const rates = "{ input: 1, output: 2 }";
const line = (rest: string): string =>
  `version: v\nmodels:\n  m:\n    - { rates: ${rates}${rest} }\n`;

/** What the file says, and what is said of it. */
const wrong: readonly (readonly [text: string, line: number, sentence: string])[] = [
  ["", 1, "version is missing"],
  ["- 1", 1, "Cannot read the file: it is not a map of keys"],
  ["version: v\nmodels: {", 2, "Cannot read the file: "],
  ["version: v\nmodels: { m: [], m: [] }", 2, 'Cannot read the file: the key "m" stands twice'],
  ["version: 7\nmodels: {}", 1, "version: 7 is not a text"],
  ["version: a/b\nmodels: {}", 1, 'version: "a/b" is not the name of a version: letters, '],
  ["version: v\nmodels:\n  m: []", 3, "models.m: a list is empty"],
  ["version: v\nmodels:\n  m: 3", 3, "models.m: 3 is not a list"],
  ["version: v\nmodel: {}", 2, 'model is unknown; the nearest key is "models"'],
  [
    line("").replace("input: 1", "input: 1.5"),
    4,
    "models.m[0].rates.input: 1.5 is not a whole number",
  ],
  [
    line("").replace("input: 1", "input: -1"),
    4,
    "models.m[0].rates.input: -1 is below the limit of 0",
  ],
  [
    line("").replace("input: 1", 'input: "1"'),
    4,
    'models.m[0].rates.input: "1" is not a whole number',
  ],
  [
    line("").replace("input: 1", "input: 9000000000000001"),
    4,
    "models.m[0].rates.input: 9000000000000001 is above the limit of 9000000000000000",
  ],
  [line("").replace("input: 1, ", ""), 4, "models.m[0].rates.input is missing"],
  [
    line("").replace("output", "outptu"),
    4,
    'models.m[0].rates.outptu is unknown; the nearest key is "output"',
  ],
  [line(", perImage: 0.5"), 4, "models.m[0].perImage: 0.5 is not a whole number"],
  [
    line(", perRequest: 1000000000001"),
    4,
    "models.m[0].perRequest: 1000000000001 is above the limit of 1000000000000",
  ],
  [line(', from: "2026-02-29"'), 4, 'models.m[0].from: "2026-02-29" is no day such as 2026-11-20'],
  [
    line(', from: "2026-02-02", until: "2026-02-02"'),
    4,
    "models.m[0].until: 2026-02-02 is not later than its first day, 2026-02-02",
  ],
  [
    line(`, bands: [{ overTokens: 9, rates: ${rates} }, { overTokens: 9, rates: ${rates} }]`),
    4,
    "models.m[0].bands[1].overTokens: 9 is not above the 9 of the band before it",
  ],
  [
    `${line("")}    - { rates: ${rates}, from: "2026-12-01" }`,
    5,
    "models.m[1] follows a line that never ends: until is missing there",
  ],
  [
    `${line(', until: "2026-12-02"')}    - { rates: ${rates}, from: "2026-12-01" }`,
    5,
    "models.m[1].from: 2026-12-01 is before 2026-12-02, the end of the line before it",
  ],
];

for (const [text, at, sentence] of wrong) {
  test(`MON-2 a malformed book is refused: ${sentence}`, () => {
    const outcome = parseText(naming, { files: { "prices.yaml": text } });
    assert.ok(!outcome.ok);
    const [first] = outcome.problems;
    assert.deepEqual([first?.file, first?.line], ["prices.yaml", at]);
    assert.ok(first?.sentence.startsWith(sentence) === true, `it says: ${first?.sentence}`);
  });
}

test("MON-2 every fault of a book is told, beside those of the configuration", () => {
  const text = `${naming}log: { level: loud }\n`;
  const files = { "prices.yaml": "version: v\nmodels:\n  a: [{}]\n  b: [{}]\n" };
  const outcome = parseText(text, { files });
  assert.deepEqual(outcome.ok ? [] : outcome.problems.map(({ file, path }) => [file, path]), [
    ["prices.yaml", "models.a[0].rates"],
    ["prices.yaml", "models.b[0].rates"],
    ["sekisho.yaml", "log.level"],
  ]);
});

test("MON-2 a book that is not there is a fault of the line that names it", () => {
  const outcome = parseText(`# prices\n${naming}`);
  assert.deepEqual(outcome.ok ? [] : outcome.problems, [
    {
      path: "prices.book",
      file: "sekisho.yaml",
      line: 2,
      sentence: "prices.book names the file prices.yaml, which cannot be read: ENOENT",
    },
  ]);
  const [other] = parseProblems("prices: { book: prices.txt }\n");
  assert.match(
    other ?? "",
    /^prices\.book: "prices\.txt" is neither builtin nor the path of a file/,
  );
});

test("SEC-13 a change at run time names no book", () => {
  const path = ["prices", "book"];
  const settings = [{ path, value: "/etc/passwd.json", origin: "admin", name: "x" } as const];
  assert.deepEqual(parseProblems("{}", settings), [
    "prices.book names a file, which only the file of the configuration may do",
  ]);
});

function parseProblems(
  text: string,
  settings: NonNullable<Parameters<typeof parseText>[1]>["settings"] = [],
): string[] {
  const outcome = parseText(text, { settings });
  return outcome.ok ? [] : outcome.problems.map(({ sentence }) => sentence);
}
