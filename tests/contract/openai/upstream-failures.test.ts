import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import OpenAI from "openai";
import { GatewayUnderTest } from "../../harness/gateway-under-test.ts";
import { asks, openaiClient } from "../../harness/openai-client.ts";

let gateway: GatewayUnderTest;
let client: OpenAI;

before(async () => {
  gateway = await GatewayUnderTest.start();
  client = openaiClient(gateway);
});
after(() => gateway[Symbol.asyncDispose]());
afterEach(() => gateway.simulator.setScenarios([]));

/** What a reader of a stream saw until its error, and the error; null for a clean end. */
const readStream = async (content: string, model = "sole") => {
  const { data, request_id } = await client.chat.completions
    .create({ model, messages: asks(content), stream: true })
    .withResponse();
  let text = "";
  let finish: string | null = null;
  let error: unknown = null;
  try {
    for await (const { choices } of data) {
      text += choices[0]?.delta.content ?? "";
      finish ??= choices[0]?.finish_reason ?? null;
    }
  } catch (thrown) {
    error = thrown;
  }
  return { text, finish, error, requestId: request_id };
};

/** Faults that strike after five of forty tokens, and what the client is told. */
const inMidStream: readonly (readonly [fault: string, code: string])[] = [
  ["error-event", "upstream_error"],
  ["cut-fin", "upstream_cut"],
  ["cut-rst", "upstream_cut"],
  ["cut-clean", "upstream_cut"],
  ["truncated-frame", "upstream_malformed"],
  ["broken-event", "upstream_malformed"],
  ["stall", "upstream_timeout"],
];

for (const [fault, code] of inMidStream) {
  test(`WIR-5 ${fault} in mid-stream is a typed error, never a clean end`, async () => {
    const marker = `[[sim: fault=${fault} after=5 tokens=40 tps=400]]`;
    const { text, finish, error, requestId } = await readStream(`Go on ${marker}`, "hasty");
    assert.notEqual(text, "");
    assert.equal(finish, null);
    assert.ok(error instanceof OpenAI.APIError);
    assert.equal(error.type, "server_error");
    assert.equal(error.code, code);
    assert.equal(error.requestID, requestId);
    const { rows } = await gateway.settled();
    const row = rows.findLast(({ attempt }) => attempt === 0);
    assert.deepEqual([row?.outcome, `req_${row?.id}`], ["error", requestId]);
  });
}

/** Faults before any content. */
const beforeContent = [
  "close-fin",
  "close-rst",
  "stall-role",
  "error-first",
  "empty-body",
  "html-body",
  "503",
  "401",
];

for (const fault of beforeContent) {
  test(`RTE-6 ${fault} before content: another target gives the whole answer`, async () => {
    const match = { region: "us-east-1" };
    gateway.simulator.setScenarios([
      // The table of faults is the simulator's own; it refuses a name that is none.
      { name: fault, match, fault: fault as "503" },
    ]);
    const { text, finish, error } = await readStream("Reply with exactly: all of it", "pair");
    assert.deepEqual([text, finish, error], ["all of it", "stop", null]);
    const { data, response } = await client.chat.completions
      .create({ model: "pair", messages: asks("Reply with exactly: all of it") })
      .withResponse();
    assert.equal(data.choices[0]?.message.content, "all of it");
    assert.equal(response.headers.get("x-sekisho-provider"), "far");
    assert.equal(response.headers.get("x-sekisho-attempts"), "2");
  });

  test(`RTE-6 ${fault} before content at a sole target is an HTTP error`, async () => {
    const asked = asks(`Hello [[sim: fault=${fault}]]`);
    for (const stream of [true, false]) {
      await assert.rejects(
        client.chat.completions.create({ model: "hasty", messages: asked, stream }),
        (error) => {
          assert.ok(error instanceof OpenAI.InternalServerError);
          return error.code !== "internal_error";
        },
      );
    }
  });
}

test("WIR-5 a plain answer that is cut is no answer; another target's is", async () => {
  for (const fault of ["cut-fin", "cut-rst", "cut-clean"] as const) {
    gateway.simulator.setScenarios([
      { name: fault, match: { region: "us-east-1" }, fault, afterTokens: 2 },
    ]);
    const answer = await client.chat.completions.create({
      model: "pair",
      messages: asks("Reply with exactly: not a part of it but the whole"),
    });
    assert.equal(answer.choices[0]?.message.content, "not a part of it but the whole");
  }
});

test("MON-15 an answer that took two attempts is charged once, and both are rows", async () => {
  gateway.simulator.setScenarios([{ name: "dead", match: { region: "us-east-1" }, fault: "503" }]);
  await gateway.settled();
  const { _request_id: id } = await client.chat.completions.create({
    model: "pair",
    messages: asks("Hello"),
  });
  const { rows } = await gateway.settled();
  const own = rows.filter((row) => `req_${row.id}` === id);
  assert.deepEqual(
    own.map(({ attempt, outcome, cause, provider }) => [attempt, outcome, cause, provider]),
    [
      [0, "ok", null, "far"],
      [1, "error", "upstream_unavailable", "near"],
      [2, "ok", null, "far"],
    ],
  );
  assert.equal(own[0]?.costNanoUsd, own[2]?.costNanoUsd);
  assert.equal(own[1]?.costNanoUsd, 0);
});
