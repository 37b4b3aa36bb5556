import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { clientRequest } from "./client-request.ts";
import { allowanceOf } from "./means.ts";
import { entry, target } from "../route/route-fixture.ts";
import type { TokenEstimates } from "../token-estimates.ts";
import { validate } from "../validate/validate.ts";

/** A family of which so many tokens are reported for each that is estimated. */
const family = (ratio: number): TokenEstimates => ({
  input: (byClass) => Math.ceil(byClass * ratio),
  output: (bytes) => bytes,
  observe: () => {},
});

/** 104 tokens by class. */
const body = Buffer.from(
  JSON.stringify({ model: "m", messages: [{ role: "user", content: "word".repeat(100) }] }),
);
const request = clientRequest(validate({ surface: "openai.chat" }, body), body);
const limit = {
  name: "chat",
  inputTokens: null,
  outputTokens: null,
  totalTokens: 200,
  nanoUsd: null,
};

test("MON-6 a limit on each call compares what its family's reports have shown", () => {
  const learnt = { ...target("a"), estimates: family(1.5) };
  assert.equal(allowanceOf(request, entry([learnt]), limit), 200 - 156);
  assert.equal(allowanceOf(request, entry([target("a")]), limit), 200 - 104);
});

test("MON-6 of several families the one counts that makes most of a prompt", () => {
  const targets = [0.5, 1.25].map((ratio) => ({ ...target("a"), estimates: family(ratio) }));
  assert.equal(allowanceOf(request, entry([...targets, target("b")]), limit), 200 - 130);
  const short = { ...limit, inputTokens: 129 };
  assert.throws(
    () => allowanceOf(request, entry(targets), short),
    (error) => error instanceof Failure && error.details.facts?.["needed"] === 130,
  );
});
