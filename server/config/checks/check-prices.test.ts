import assert from "node:assert/strict";
import { test } from "node:test";
import { loaded, sentences } from "../loading/text-fixture.ts";

const rates = "inputUsdPerMillion: 1, outputUsdPerMillion: 2";
const override = (rest: string): string => `prices: { override: { m: { ${rates}, ${rest} } } }`;
const band = (over: number): string => `{ overPromptTokens: ${over}, ${rates} }`;
const change = (from: string, rest = ""): string => `{ from: ${from}, ${rates}${rest} }`;

test("MON-2 a price may have bands, and others from later days on", () => {
  const text = override(
    `bands: [${band(10)}, ${band(20)}], ` +
      `changes: [${change("2026-12-01", `, bands: [${band(5)}]`)}, ${change("2027-01-01")}]`,
  );
  const line = loaded(text).config.prices.override["m"];
  assert.deepEqual(
    line?.bands.map(({ overPromptTokens }) => overPromptTokens),
    [10, 20],
  );
  assert.deepEqual(
    line?.changes.map(({ from, bands }) => [from, bands.length]),
    [
      ["2026-12-01", 1],
      ["2027-01-01", 0],
    ],
  );
  const plain = loaded(`prices: { override: { m: { ${rates} } } }`).config.prices.override["m"];
  assert.deepEqual([plain?.bands, plain?.changes], [[], []]);
});

const wrong: readonly (readonly [rest: string, sentence: string])[] = [
  [
    `bands: [${band(10)}, ${band(10)}]`,
    "prices.override.m.bands[1].overPromptTokens: 10 is not above the 10 of the band before it",
  ],
  [
    `changes: [${change("2026-12-01", `, bands: [${band(9)}, ${band(8)}]`)}]`,
    "prices.override.m.changes[0].bands[1].overPromptTokens: " +
      "8 is not above the 9 of the band before it",
  ],
  [
    `changes: [${change("2026-12-01")}, ${change("2026-12-01")}]`,
    "prices.override.m.changes[1].from: 2026-12-01 is not later than 2026-12-01 " +
      "of the one before it",
  ],
  [
    `changes: [${change("2026-02-29")}]`,
    'prices.override.m.changes[0].from: "2026-02-29" is no day such as 2026-11-20',
  ],
  [
    `bands: [{ overPromptTokens: 0, ${rates} }]`,
    "prices.override.m.bands[0].overPromptTokens: 0 is below the limit of 1",
  ],
];

for (const [rest, sentence] of wrong) {
  test(`MON-2 a price is refused: ${sentence}`, () => {
    assert.equal(sentences(override(rest))[0], sentence);
  });
}
