import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { anthropicSurfaces } from "./anthropic/surfaces.ts";
import { bedrockSurfaces } from "./bedrock/surfaces.ts";
import { faults } from "./faults.data.ts";
import { openaiSurfaces } from "./openai/surfaces.ts";
import { cutsLookedBack, leastCachedTokens } from "./prompt-cache.ts";
import { patchFields } from "./scenario/patch-fields.data.ts";
import { presets } from "./scenario/presets.data.ts";
import { promptConstants } from "./tokenizer.ts";

// The formatter pads the columns of tables.
const readme = readFileSync(new URL("README.md", import.meta.url), "utf8").replaceAll(/ +/g, " ");

test("README lists every fault as it is", () => {
  for (const [name, { stream, plain }] of Object.entries(faults)) {
    const row = `| \`${name}\` | ${stream} | ${plain === stream ? "the same" : plain} |`;
    assert.ok(readme.includes(row), row);
  }
});

test("README lists every field and its marker as it is", () => {
  for (const [name, { marker, meaning }] of Object.entries(patchFields)) {
    const row = `| \`${name}\` | \`${marker}\` | ${meaning} |`;
    assert.ok(readme.includes(row), row);
  }
});

test("README lists every path", () => {
  for (const { path } of [...openaiSurfaces, ...anthropicSurfaces, ...bedrockSurfaces]) {
    assert.ok(readme.includes(`| \`POST ${path}\` |`), path);
  }
});

test("README names the limits of the prompt cache", () => {
  for (const text of [`the ${cutsLookedBack} blocks before`, `than ${leastCachedTokens} tokens`]) {
    assert.ok(readme.includes(text), text);
  }
});

test("README names every preset and every constant of the tokenizer", () => {
  const { perRequest, perMessage, perTool, perSchema, imageLow, imageHigh } = promptConstants;
  for (const text of [
    `Presets: ${Object.keys(presets)
      .map((name) => `\`${name}\``)
      .join(", ")}.`,
    `${perMessage} per message, and ${perRequest} per request`,
    `each image ${imageLow} (\`detail: low\`) or ${imageHigh}`,
    `each tool: ${perTool},`,
    `the schema of \`response_format\`: ${perSchema},`,
  ]) {
    assert.ok(readme.includes(text), text);
  }
});
