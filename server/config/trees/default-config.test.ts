import assert from "node:assert/strict";
import { test } from "node:test";
import { unknownModelFacts } from "@sekisho/gateway/catalog/facts.data.ts";
import { factsOf } from "@sekisho/gateway/catalog/model-facts.ts";
import { builtinPrices } from "@sekisho/gateway/catalog/price-book.ts";
import { embeddedDefault } from "./default-config.ts";
import { parseConfig } from "../loading/parse-config.ts";
import { dialectOf } from "../derived/provider-endpoint.ts";
import { runsSimulator, simulatedProviders } from "../derived/simulator-switch.ts";
import { loaded, sourcesOf } from "../loading/text-fixture.ts";

const outcome = parseConfig(null, { ...sourcesOf({}), settings: [] });
assert.ok(outcome.ok);
const { config } = outcome.value;

const aliasOf = (name: string) => {
  const model = config.models[name];
  assert.ok(model !== undefined && "targets" in model, name);
  return model;
};

const targetsOf = (name: string): string[] =>
  aliasOf(name).targets.map(({ provider, model: upstream }) => `${provider} ${upstream}`);

test("CFG-1 the simulator runs as Bedrock in three regions and as three others", () => {
  const places = Object.entries(config.providers).map(([name, provider]) => [
    name,
    provider.kind === "ai-sdk" ? provider.package : dialectOf(provider),
    provider.region,
  ]);
  assert.deepEqual(places, [
    ["sim-us-east-1", "bedrock", "us-east-1"],
    ["sim-us-west-2", "bedrock", "us-west-2"],
    ["sim-ap-northeast-1", "bedrock", "ap-northeast-1"],
    ["sim-openai", "openai", "global"],
    ["sim-anthropic", "anthropic", "global"],
    ["sim-gemini", "gemini", "global"],
  ]);
  assert.equal(simulatedProviders(config.providers).length, 6);
  assert.ok(runsSimulator(config));
});

test("CFG-1 fast and quality fail over through the regions, then to OpenAI", () => {
  assert.deepEqual(
    targetsOf("fast").map((each) => each.split(" ")[0]),
    ["sim-us-east-1", "sim-us-west-2", "sim-ap-northeast-1", "sim-openai"],
  );
  assert.match(targetsOf("fast")[0] ?? "", /haiku/);
  assert.match(targetsOf("quality")[0] ?? "", /sonnet/);
  assert.equal(aliasOf("fast").timeouts.attemptMs, 10_000);
  assert.equal(aliasOf("quality").timeouts.attemptMs, 25_000);
});

test("REF-3 embed makes vectors of one model in each region", () => {
  assert.deepEqual(
    targetsOf("embed"),
    ["us-east-1", "us-west-2", "ap-northeast-1"].map(
      (region) => `sim-${region} amazon.titan-embed-text-v2:0`,
    ),
  );
});

test("REF-3 the names people know lead where they led", () => {
  const rows: readonly [string, string][] = [
    ["sonnet", "anthropic.claude-3-sonnet-20240229-v1:0"],
    ["claude-3-sonnet", "anthropic.claude-3-sonnet-20240229-v1:0"],
    ["haiku", "anthropic.claude-3-haiku-20240307-v1:0"],
    ["claude-3-haiku", "anthropic.claude-3-haiku-20240307-v1:0"],
    ["claude-3-opus", "anthropic.claude-3-opus-20240229-v1:0"],
    ["claude-3.5-sonnet", "anthropic.claude-3-5-sonnet-20240620-v1:0"],
    ["claude-2", "anthropic.claude-v2"],
    ["claude-2.1", "anthropic.claude-v2:1"],
    ["gpt-4", "gpt-4"],
    ["gpt-4-turbo", "gpt-4-turbo"],
    ["gpt-3.5-turbo", "gpt-3.5-turbo"],
    ["gemini-1.5-pro", "gemini-1.5-pro"],
    ["gemini-1.5-flash", "gemini-1.5-flash"],
  ];
  for (const [name, upstream] of rows) {
    assert.equal(targetsOf(name)[0]?.split(" ")[1], upstream, name);
  }
  const caps = (name: string) => [
    aliasOf(name).defaults.maxTokens,
    aliasOf(name).defaults.temperature,
    aliasOf(name).timeouts.attemptMs,
  ];
  assert.deepEqual(caps("sonnet"), [4096, 0.3, 25_000]);
  assert.deepEqual(caps("haiku"), [2048, 0.2, 10_000]);
  assert.deepEqual(aliasOf("fast").defaults, {
    maxTokens: 1024,
    temperature: 0.3,
    topP: 0.9,
  });
});

test("RTE-5 auto leaves a choice between the two classes of models", () => {
  const { auto } = config.models;
  assert.ok(auto !== undefined && "choose" in auto);
  assert.deepEqual([auto.simple, auto.strong, auto.simpleMaxTokens], ["fast", "quality", 512]);
});

test("MON-2 every model of the default has a price and facts: its demo key has a budget", () => {
  for (const name of Object.keys(config.models)) {
    if (name.includes("*") || name === "auto") continue;
    for (const target of targetsOf(name)) {
      const upstream = target.split(" ")[1] ?? "";
      assert.ok(builtinPrices(upstream) !== null, upstream);
      assert.notEqual(factsOf(upstream), unknownModelFacts, upstream);
    }
  }
  assert.equal(config.tenants["demo"]?.budgets[0]?.scope, "key");
});

test("a file replaces what it names and keeps the rest of the default", () => {
  assert.deepEqual(Object.keys(config.tenants), ["demo"]);
  const sections = ["providers", "models", "moderations", "tenants"];
  assert.deepEqual(Object.keys(embeddedDefault), sections);
  assert.equal(config.moderations.model, "fast");
  const judgeOf = (text: string): string | null => loaded(text).config.moderations.model;
  assert.equal(judgeOf("log: { level: warn }"), "fast");
  assert.equal(judgeOf("moderations: { model: null }"), null);
  assert.equal(
    judgeOf('providers: { p: { kind: openai-compatible, baseUrl: "http://127.0.0.1:1" } }'),
    null,
  );
});
