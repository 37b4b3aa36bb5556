import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { AlertPage } from "@sekisho/wire/admin/alerts.ts";
import type { CacheView } from "@sekisho/wire/admin/cache.ts";
import type { KeyWithSecret } from "@sekisho/wire/admin/keys.ts";
import {
  adminQuestions,
  clientQuestions,
  likeEveryOther,
  namesOfNobody,
  type ForeignQuestion,
  type TenantNames,
} from "../harness/foreign-questions.ts";
import { OperatedGateway } from "../harness/operated-gateway.ts";
import { steeredConfig } from "../harness/steered-config.ts";
import { until } from "../harness/until.ts";

/** What stands in everything of one tenant, and nowhere else. */
const canary = "canary-of-acme";

let operated: OperatedGateway;
before(async () => {
  operated = await OperatedGateway.start({
    config: (url) => {
      const budgets = (["user", "key"] as const).map((scope) => ({
        scope,
        window: "day" as const,
        usd: 0.2,
      }));
      return {
        ...steeredConfig(url),
        cache: { use: "always" },
        tenants: { [canary]: { budgets }, other: { budgets } },
      };
    },
  });
});
after(() => operated[Symbol.asyncDispose]());

const makeKey = async (order: object): Promise<KeyWithSecret> => {
  const made = await operated.admin("POST", "/admin/keys", order);
  assert.equal(made.status, 201, await made.clone().text());
  // The server's own answer.
  return (await made.json()) as KeyWithSecret;
};

const named = (what: string): string => `${canary}-${what}`;

/** Calls, an answer that is kept, a name of idempotency, an opinion and alerts, with the canary. */
async function plant(): Promise<TenantNames> {
  const tag = named("tag");
  const { key, secret } = await makeKey({ tenant: canary, name: named("key"), tags: [tag] });
  const [user, session, agent] = [named("user"), named("session"), named("agent")];
  const headers = {
    authorization: `Bearer ${secret}`,
    "x-sekisho-user": user,
    "x-sekisho-session": session,
    "x-sekisho-agent": agent,
  };
  const { gateway } = operated;
  const asked = { model: "sole", input: named("prompt"), store: true };
  const kept = await gateway.post("/v1/responses", asked, headers);
  const { id: response } = (await kept.json()) as { id: string }; // of every Response
  const name = named("name");
  const once = await gateway.chat(named("prompt"), {}, { ...headers, "idempotency-key": name });
  assert.equal(once.status, 200, await once.text());
  const opinion = { score: 1, labels: [named("label")], comment: named("comment") };
  await gateway.post(`/v1/responses/${response}/feedback`, opinion, headers);
  const dear = await gateway.chat("x".repeat(30_000), {}, headers);
  assert.equal(dear.status, 402, await dear.text());
  await gateway.settled();
  const body = response.slice("resp_".length);
  const ids = { request: `req_${body}`, response, stream: `rsp_${body}` };
  return { tenant: canary, key: key.id, ...ids, user, session, agent, tag, name };
}

interface Told {
  readonly status: number;
  readonly text: string;
}

const tell = async (url: string, secret: string, question: ForeignQuestion): Promise<Told> => {
  const { method, path, body, headers } = question;
  const answer = await fetch(`${url}${path}`, {
    method,
    headers: { authorization: `Bearer ${secret}`, ...headers },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: answer.status, text: await answer.text() };
};

const lookedAt = [
  "keys",
  "ledger",
  "idempotency",
  "cache",
  "usage?group=agent",
  "budgets",
  "alerts",
];

/** What is not written before the client has its answer: the kept one, and both alerts. */
const isOnDisk = async (): Promise<true | null> => {
  const [cache, told] = await Promise.all(
    ["cache", "alerts"].map(async (path) => (await operated.admin("GET", `/admin/${path}`)).json()),
  );
  // The server's own answers.
  const [{ disk }, { alerts }] = [cache as CacheView, told as AlertPage];
  return disk?.answers === 1 && alerts.length === 2 ? true : null;
};

const seenByOperator = (): Promise<string[]> =>
  Promise.all(lookedAt.map(async (path) => (await operated.admin("GET", `/admin/${path}`)).text()));

test("SEC-8 a foreign tenant's things are what nobody's are, at every endpoint", async () => {
  const theirs = await plant();
  const nobodys = namesOfNobody(theirs);
  const owner = await makeKey({ tenant: "other", role: "owner" });
  const client = await makeKey({ tenant: "other" });
  const { url, server } = operated.gateway;
  const rounds = [
    { questions: adminQuestions, secret: owner.secret, at: server.ready.urls["admin"] ?? "" },
    { questions: clientQuestions, secret: client.secret, at: url },
  ];
  await until("all of it is on the disk", isOnDisk);
  const before = await seenByOperator();
  const ofWhat = lookedAt.filter((_, index) => before[index]?.includes(canary));
  assert.deepEqual(ofWhat, lookedAt, "the canary is wherever its operator looks");
  for (const { questions, secret, at } of rounds) {
    const ofNobody = questions(nobodys);
    for (const [index, question] of questions(theirs).entries()) {
      const what = `${question.method} ${question.path} ${JSON.stringify(question.body)}`;
      const [told, other] = await Promise.all([
        tell(at, secret, question),
        tell(at, secret, ofNobody[index] ?? question),
      ]);
      assert.ok(told.status < 500, `${what}: ${told.status}`);
      assert.equal(told.status, other.status, what);
      assert.equal(likeEveryOther(told.text, theirs), likeEveryOther(other.text, nobodys), what);
      assert.ok(!other.text.includes(canary), what);
    }
  }
  const timeless = (texts: readonly string[]): string[] =>
    texts.map((text) => text.replaceAll(/"(?:to|from|lastUsedAt)":(?:null|"[^"]+")/g, ""));
  assert.deepEqual(timeless(await seenByOperator()), timeless(before), "and nothing has changed");
});
