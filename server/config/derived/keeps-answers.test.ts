import assert from "node:assert/strict";
import { test } from "node:test";
import { configSchema, type ConfigInput } from "../schema.ts";
import { keepsAnswers } from "./keeps-answers.ts";

type Use = "off" | "request" | "always";

const targets = [{ provider: "p", model: "x" }];
const provider = { kind: "simulator" as const };

const keepsAny = (use: Use, ofModels: Readonly<Record<string, Use | null>>): boolean => {
  const models: ConfigInput["models"] = Object.fromEntries(
    Object.entries(ofModels).map(([name, own]) => [name, { targets, cache: { use: own } }]),
  );
  return keepsAnswers(configSchema.parse({ providers: { p: provider }, cache: { use }, models }));
};

test("REF-1 the cache is enabled where one model's answers are given again, on request too", () => {
  const rows = [
    ["request", { fast: null }, true],
    ["off", { fast: null }, false],
    ["off", { fast: null, "mock.*": "always" }, true],
    ["always", { fast: "off" }, false],
    ["always", { fast: "off", quality: null }, true],
  ] as const;
  for (const [use, models, expected] of rows) assert.equal(keepsAny(use, models), expected, use);
});
