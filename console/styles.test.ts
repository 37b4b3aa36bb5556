import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

const css = readFileSync(join(import.meta.dirname, "styles.css"), "utf8");

type Colour = readonly [lightness: number, chroma: number, hue: number];

const colourOf = (text: string): Colour => {
  const numbers = /oklch\((?<l>[\d.]+) (?<c>[\d.]+) (?<h>[\d.]+)\)/.exec(text)?.groups;
  return [Number(numbers?.["l"]), Number(numbers?.["c"]), Number(numbers?.["h"] ?? 0)];
};

/** Every `--name: light-dark(oklch(…), oklch(…));` of the sheet. */
const palette = new Map(
  [
    ...css.matchAll(
      /--(?<name>[\w-]+): light-dark\((?<light>oklch\([^)]+\)), (?<dark>oklch\([^)]+\))\)/g,
    ),
  ].map(({ groups }) => [
    groups?.["name"] ?? "",
    { light: colourOf(groups?.["light"] ?? ""), dark: colourOf(groups?.["dark"] ?? "") },
  ]),
);

/** Relative luminance (WCAG 2) of a colour in OKLCH, through linear sRGB. */
const luminance = ([lightness, chroma, hue]: Colour): number => {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const channels = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ].map((channel) => Math.min(1, Math.max(0, channel)));
  const [red = 0, green = 0, blue = 0] = channels;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

const contrast = (one: Colour, other: Colour): number => {
  const [dim = 0, bright = 0] = [luminance(one), luminance(other)].sort((x, y) => x - y);
  return (bright + 0.05) / (dim + 0.05);
};

const named = (name: string, theme: "light" | "dark"): Colour => {
  const colour = palette.get(name);
  assert.ok(colour !== undefined, `the sheet has no --${name}`);
  return colour[theme];
};

/** What is written on what. */
const texts: readonly (readonly [text: string, grounds: readonly string[]])[] = [
  ["ink", ["canvas", "surface", "raised", "pill", "bad-soft"]],
  ["ink-2", ["canvas", "surface", "raised", "bad-soft"]],
  ["ink-3", ["canvas", "surface"]],
  ["accent", ["canvas", "surface"]],
  ["bad", ["surface", "bad-soft"]],
  ["warn", ["canvas", "surface"]],
  ["on-accent", ["accent"]],
];

/** What is only seen: the marks of states and the lines of charts. */
const marks = ["good-mark", "warn-mark", "bad-mark", "series-1", "series-2", "series-3"];

for (const theme of ["light", "dark"] as const) {
  test(`CON-5 in ${theme} every text has a contrast of 4.5 to its ground`, () => {
    for (const [text, grounds] of texts) {
      for (const ground of grounds) {
        const ratio = contrast(named(text, theme), named(ground, theme));
        assert.ok(ratio >= 4.5, `${text} on ${ground}: ${ratio.toFixed(2)}`);
      }
    }
  });

  test(`CON-5 in ${theme} marks and lines have a contrast of 3 to their ground`, () => {
    const ratios = marks.map((mark) => [
      mark,
      contrast(named(mark, theme), named("surface", theme)),
    ]);
    const faint = ratios.filter(([, ratio]) => Number(ratio) < 3);
    assert.deepEqual(faint, []);
  });
}
