import assert from "node:assert/strict";
import { test } from "node:test";
import { exampleConfig, suggestedEntries } from "./example.ts";
import { parseConfig } from "../loading/parse-config.ts";
import { loaded, sourcesOf } from "../loading/text-fixture.ts";

test("CFG-1 the example file changes nothing", () => {
  const embedded = parseConfig(null, { ...sourcesOf({}), settings: [] });
  assert.ok(embedded.ok);
  assert.deepEqual(loaded(exampleConfig()).config, embedded.value.config);
});

test("every key of the example has a comment above it or stands in an entry of its own", () => {
  const lines = exampleConfig().split("\n");
  const sections = lines.filter((line) => /^\w+:/.test(line));
  for (const section of sections) {
    const above = lines[lines.indexOf(section) - 1] ?? "";
    assert.match(above, /^# ./, section);
  }
  assert.equal(sections.length, 25);
});

test("the entries that the example suggests hold when they are uncommented", () => {
  let text = exampleConfig().replace("simulator: auto", "simulator: true");
  for (const section of ["providers", "models", "tenants"]) {
    const entries = suggestedEntries(section);
    const commented = entries.replaceAll(/^ {2}/gm, "  # ");
    assert.ok(entries !== "" && text.includes(commented), section);
    text = text.replace(commented, entries);
  }
  const variables = {
    OPENAI_API_KEY: "secret-of-openai",
    ANTHROPIC_API_KEY: "secret-of-anthropic",
    SHOP_KEY: "secret-of-shop",
  };
  const { config } = loaded(text, { variables });
  for (const name of ["openai", "claude", "aws", "local"]) assert.ok(name in config.providers);
  assert.ok("careful" in config.models && "acme" in config.tenants);
});
