import assert from "node:assert/strict";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, test } from "node:test";
import type { ArmFeedbackView, SplitView } from "@sekisho/wire/admin/splits.ts";
import type { LedgerPage, LedgerRowView } from "@sekisho/wire/admin/ledger.ts";
import { OperatedGateway } from "../harness/operated-gateway.ts";
import { soleModel, steeredConfig } from "../harness/steered-config.ts";

const models: Readonly<Record<string, string>> = { small: "gpt-3.5-turbo", big: "gpt-4-turbo" };

let operated: OperatedGateway;
before(async () => {
  operated = await OperatedGateway.start({
    config: (url) => ({
      ...steeredConfig(url),
      models: {
        small: soleModel("near", "gpt-3.5-turbo"),
        big: soleModel("near", "gpt-4-turbo"),
        ab: { split: { small: 50, big: 50 } },
      },
      tenants: { ...steeredConfig(url).tenants, other: {} },
    }),
  });
});
after(() => operated[Symbol.asyncDispose]());

interface Asked {
  readonly path: string;
  readonly body: object;
}

const send = ({ path, body }: Asked, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${operated.gateway.url}${path}`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${operated.gateway.server.ready.demoKey}`,
      "content-type": "application/json",
      "anthropic-version": "2023-06-01",
      ...headers,
    },
    body: JSON.stringify(body),
  });

const messages = [{ role: "user", content: "Hello" }];
const openai = (more: object = {}): Asked => ({
  path: "/v1/chat/completions",
  body: { model: "ab", messages, ...more },
});

const surfaces: Readonly<Record<string, (stream: boolean) => Asked>> = {
  openai: (stream) => openai({ stream }),
  anthropic: (stream) => ({
    path: "/v1/messages",
    body: { model: "ab", max_tokens: 90, messages, stream },
  }),
  responses: (stream) => ({ path: "/v1/responses", body: { model: "ab", input: "Hi", stream } }),
  converse: (stream) => ({
    path: `/model/ab/converse${stream ? "-stream" : ""}`,
    body: { messages: [{ role: "user", content: [{ text: "Hi" }] }] },
  }),
  gemini: (stream) => ({
    path: `/v1beta/models/ab:${stream ? "streamGenerateContent?alt=sse" : "generateContent"}`,
    body: { contents: [{ parts: [{ text: "Hi" }] }] },
  }),
};

/** The arm that answered, which is what its headers say. */
async function armOf(response: Response): Promise<string> {
  const text = await response.text();
  assert.equal(response.status, 200, text);
  const arm = response.headers.get("x-sekisho-arm") ?? "";
  assert.equal(response.headers.get("x-sekisho-model"), models[arm], arm);
  return arm;
}

const sessions = Array.from({ length: 12 }, (_, n) => `session-${n}`);
const ofSession = (session: string) => ({ "x-sekisho-session": session });

test("RTE-4 a session stays with its arm on every surface, whole and as a stream", async () => {
  for (const session of sessions.slice(0, 2)) {
    const arms = new Set<string>();
    for (const asked of Object.values(surfaces)) {
      for (const stream of [false, true]) {
        arms.add(await armOf(await send(asked(stream), ofSession(session))));
      }
    }
    assert.equal(arms.size, 1, session);
  }
});

const lastRow = async (): Promise<LedgerPage["rows"][number] | undefined> => {
  await operated.gateway.settled();
  const answer = await operated.admin("GET", "/admin/ledger?view=tenant&limit=1");
  // The server's own answer.
  return ((await answer.json()) as LedgerPage).rows[0];
};

test("RTE-4 explain says the arm and the ledger names it; both arms are reached", async () => {
  const arms = new Set<string>();
  for (const session of sessions) {
    const asked = { model: "ab", tenant: "demo", headers: ofSession(session) };
    const { choice } = await operated.explain(asked);
    const arm = await armOf(await send(openai(), ofSession(session)));
    assert.equal(arm, choice?.alias);
    const row = await lastRow();
    const said = `${arm}: 50 of 100 of ab, by session`;
    assert.deepEqual([row?.alias, row?.model, row?.choice], ["ab", models[arm], said]);
    arms.add(arm);
  }
  assert.deepEqual([...arms].toSorted(), ["big", "small"]);
});

const feedback = (id: string, body: object, headers: Record<string, string> = {}) =>
  send({ path: `/v1/responses/${id}/feedback`, body }, headers);

/** By which every answer is known; the id in a body may be the provider's. */
async function idOf(response: Response): Promise<string> {
  await response.arrayBuffer();
  return response.headers.get("x-sekisho-request-id") ?? "";
}

const opinionsOf = async (arm: string): Promise<ArmFeedbackView | undefined> => {
  const answer = await operated.admin("GET", "/admin/splits/ab?range=total");
  // The server's own answer.
  const { arms } = (await answer.json()) as SplitView;
  return arms.find((each) => each.arm === arm)?.feedback;
};

test("RTE-4 feedback on an answer of any surface counts for its arm, once a user", async () => {
  const ids = new Map<string, string>();
  for (const [name, asked] of Object.entries(surfaces)) {
    const response = await send(asked(false), ofSession("rated"));
    ids.set(name, await idOf(response));
  }
  const arm = await armOf(await send(openai(), ofSession("rated")));
  for (const [name, id] of ids) {
    const taken = await feedback(id, { score: 1, labels: ["helpful"], comment: "merci" });
    assert.equal(taken.status, 200, `${name} ${id}: ${await taken.text()}`);
  }
  const [id = ""] = ids.values();
  await feedback(id, { score: -1 });
  await feedback(id, { score: -0.5 }, { "x-sekisho-user": "somebody" });
  const { count, good, bad } = (await opinionsOf(arm)) ?? {};
  assert.deepEqual([count, good, bad], [6, 4, 2]);
  const { stdout } = await operated.run(["usage", "export", "--format", "jsonl"]);
  const lines = stdout.split("\n");
  // The server's own lines.
  const rows = lines.filter((line) => line !== "").map((line) => JSON.parse(line) as LedgerRowView);
  const rated = rows.filter(({ feedbackCount }) => feedbackCount > 0);
  const said = rated.map(
    (row) => `${row.id} ${row.attempt} ${row.feedbackCount} ${row.feedbackScore}`,
  );
  const should = [...ids.values()].map((each) => `${each} 0 ${each === id ? "2 -0.75" : "1 1"}`);
  assert.deepEqual(new Set(said), new Set(should));
  assert.equal(said.length, should.length);
  assert.ok(rows.some(({ feedbackScore }) => feedbackScore === null));
});

test("RTE-4 feedback on what is not the caller's, or makes no sense, is refused", async () => {
  const response = await send(openai());
  const id = await idOf(response);
  const strange = { authorization: `Bearer ${await newKeyOf("other")}` };
  assert.equal((await feedback(id, { score: 1 }, strange)).status, 404);
  assert.equal((await feedback("chatcmpl-00000000000000000000000000", { score: 1 })).status, 404);
  assert.equal((await feedback(id, { score: 1 }, { authorization: "Bearer nobody" })).status, 401);
  for (const body of [{}, { score: 2 }, { score: "1" }, { score: 0, labels: [""] }, { stars: 5 }]) {
    assert.equal((await feedback(id, body)).status, 400, JSON.stringify(body));
  }
  const labels = Array.from({ length: 11 }, (_, n) => `label ${n}`);
  const many = await feedback(id, { score: 0, labels });
  assert.equal(many.status, 400);
  assert.match(await many.text(), /labels must be a list of 1 to 10, each a label of 1 to 64 /);
  const long = { score: 0, comment: "x".repeat(2_001) };
  assert.equal((await feedback(id, long)).status, 400);
  for (let n = 0; n < 20; n++) {
    const user = { "x-sekisho-user": `u-${n}` };
    assert.equal((await feedback(id, { score: 0 }, user)).status, 200);
  }
  assert.equal((await feedback(id, { score: 0 }, { "x-sekisho-user": "one-more" })).status, 409);
  // Who is among them may think again.
  assert.equal((await feedback(id, { score: 1 }, { "x-sekisho-user": "u-7" })).status, 200);
});

test("SEC-16 whoever is erased has said nothing any more, and the score stays", async () => {
  const response = await send(openai(), { "x-sekisho-user": "tatsu" });
  const id = await idOf(response);
  const taken = await feedback(id, { score: 1, comment: "canary-comment", labels: ["mine"] });
  assert.equal(taken.status, 200);
  await operated.gateway.settled();
  await operated.sekisho("erase", "--tenant", "demo", "--user", "tatsu");
  using file = new DatabaseSync(join(operated.gateway.server.data, "sekisho.db"), {
    readOnly: true,
  });
  const rows = file.prepare("SELECT * FROM feedback").all();
  const own = rows.filter(({ call }) => id.endsWith(String(call)));
  assert.deepEqual(
    own.map(({ score, comment, labels }) => [score, comment, labels]),
    [[1, null, "[]"]],
  );
  assert.match(String(own[0]?.["author"]), /^user:erased_/);
});

async function newKeyOf(tenant: string): Promise<string> {
  const made = await operated.sekisho("keys", "create", "--tenant", tenant, "--json");
  // The command's own document.
  return (JSON.parse(made) as { readonly secret: string }).secret;
}

test("RTE-4 who names a model is never moved", async () => {
  for (const model of ["small", "big"]) {
    for (const session of sessions.slice(0, 4)) {
      const response = await send(openai({ model }), ofSession(session));
      await response.text();
      assert.equal(response.headers.get("x-sekisho-model"), models[model]);
      assert.equal(response.headers.get("x-sekisho-arm"), null);
    }
  }
});

test("RTE-4 an arm whose weight is set to 0 at run time gets nothing more", async () => {
  const value = { small: 0, big: 1 };
  const set = await operated.admin("PUT", "/admin/config/models.ab.split", { value });
  assert.equal(set.status, 200, await set.text());
  for (const session of sessions) {
    assert.equal(await armOf(await send(openai(), ofSession(session))), "big");
  }
  assert.equal(await armOf(await send(openai())), "big");
  const row = await lastRow();
  assert.equal(row?.choice, "big: 1 of 1 of ab, by chance");
});
