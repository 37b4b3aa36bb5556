import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { OperatedGateway } from "../harness/operated-gateway.ts";
import { soleModel, steeredConfig } from "../harness/steered-config.ts";

const secretOf = (id: string): string => `secret-of-the-key-${id}-of-a-test`;
const as = (id: string) => ({ authorization: `Bearer ${secretOf(id)}` });

/** Of its alias's models one is in force. */
const config = (url: string, model = "gpt-4-turbo"): ConfigInput => {
  const { models, ...steered } = steeredConfig(url);
  const keyed = (id: string, rest: object = {}) => ({ id, secret: secretOf(id), ...rest });
  return {
    ...steered,
    cache: { use: "always" },
    models: { ...models, sole: soleModel("near", model) },
    tenants: {
      ...steered.tenants,
      home: { keys: [keyed("one"), keyed("two"), keyed("narrow", { models: ["pair"] })] },
      other: { keys: [keyed("away")] },
    },
  };
};

let operated: OperatedGateway;
before(async () => {
  operated = await OperatedGateway.start({ config });
});
after(() => operated[Symbol.asyncDispose]());

const path = "/v1/chat/completions";
const bodyOf = (text: string, rest: object = {}): string =>
  JSON.stringify({ model: "sole", messages: [{ role: "user", content: text }], ...rest });

interface Answered {
  readonly status: number;
  readonly cache: string | null;
  readonly model: string | null;
  readonly text: string;
  readonly headers: Headers;
}

async function ask(
  id: string,
  body: string,
  headers: Record<string, string> = {},
): Promise<Answered> {
  const answer = await operated.gateway.post(path, body, { ...as(id), ...headers });
  const own = answer.headers;
  const [cache, model] = [own.get("x-sekisho-cache"), own.get("x-sekisho-model")];
  return { status: answer.status, cache, model, text: await answer.text(), headers: own };
}

/** Asked so often that it is known. */
async function known(body: string): Promise<Answered> {
  const marks = [await ask("one", body), await ask("one", body), await ask("one", body)];
  assert.deepEqual(
    marks.map(({ cache }) => cache),
    ["miss", "hit", "hit"],
  );
  return marks[2] ?? assert.fail("there are three");
}

test("SEC-8 what one has asked is known to the keys of its tenant that may ask it", async () => {
  const body = bodyOf("Whose");
  const { text } = await known(body);
  const two = await ask("two", body);
  assert.deepEqual([two.cache, two.text], ["hit", text]);
  const refused = await ask("narrow", body);
  assert.equal(refused.status, (await ask("narrow", bodyOf("Never asked"))).status);
  assert.ok(refused.status >= 400);
  assert.equal((await ask("away", body)).cache, "miss");
});

test("PRF-7 what a request says beside its bytes counts each time", async () => {
  const body = bodyOf("Beside");
  await known(body);
  assert.equal((await ask("one", body, { "x-sekisho-cache": "no-store" })).cache, "bypass");
  assert.equal((await ask("one", body, { "x-sekisho-cache": "refresh" })).cache, "refresh");
  assert.equal((await ask("one", body, { "x-sekisho-cache": "wrong" })).status, 400);
  const elsewhere = await operated.gateway.post("/v1/messages", body, as("one"));
  assert.equal(elsewhere.status, 400, "there it has no limit");
});

test("STR-13 a known request has one call for each name, and another one none of it", async () => {
  const body = bodyOf("Named", { temperature: 0 });
  await known(body);
  const named = { "idempotency-key": "known" };
  const first = await ask("one", body, named);
  for (const id of ["one", "two"]) {
    const again = await ask(id, body, named);
    assert.equal(again.headers.get("x-sekisho-replayed"), "true");
    assert.equal(again.text, first.text);
  }
  assert.equal((await ask("one", bodyOf("Other"), named)).status, 422);
  const spaced = body.replace('"temperature":0', ' "temperature" : 0');
  assert.equal((await ask("one", spaced, named)).headers.get("x-sekisho-replayed"), "true");
});

test("PRF-7 a known request is sent where the configuration of now says", async () => {
  const body = bodyOf("Reloaded");
  assert.equal((await known(body)).model, "gpt-4-turbo");
  const { server, simulator } = operated.gateway;
  const file = join(server.data, "..", "sekisho.yaml");
  const reload = async (next: ConfigInput): Promise<void> => {
    writeFileSync(file, JSON.stringify(next));
    const answer = await operated.admin("POST", "/admin/config/reload");
    assert.equal(answer.status, 200, await answer.text());
  };
  await reload(config(simulator.url, "gpt-4o"));
  const changed = [await ask("one", body), await ask("one", body)];
  assert.deepEqual(
    changed.map(({ cache, model }) => [cache, model]),
    [
      ["miss", "gpt-4o"],
      ["hit", "gpt-4o"],
    ],
  );
  await reload({ ...config(simulator.url), cache: { use: "off" } });
  const off = await ask("one", body);
  assert.deepEqual([off.cache, off.model], [null, "gpt-4-turbo"]);
});
