import assert from "node:assert/strict";
import { test } from "node:test";
import { assertProblem, makeApi, makeExchange, type Answer } from "./admin-api-harness.ts";
import { adminRoutes } from "./routes.ts";

/** Where an issuer sends the browser, with whatever it adds. */
const ofIssuers = "/admin/session/oidc/callback";

const askWith = async (method: string, url: string): Promise<Answer & { bodyReads: number }> => {
  const { api, adminKey } = makeApi();
  const headers = { authorization: `Bearer ${adminKey}` };
  const { exchange, state } = makeExchange(method, url, headers);
  await api.serve(exchange);
  assert.ok(state.answer !== null, url);
  return { ...state.answer, bodyReads: state.bodyReads };
};

test("SEC-3 a parameter that an endpoint does not know is refused before its body", async () => {
  for (const { method, path } of adminRoutes) {
    if (path === ofIssuers) continue;
    const url = `${path.replace(/\{\w+\}/, "some")}?nosuch=1`;
    const answer = await askWith(method, url);
    const { param, detail } = assertProblem(answer, 400, "invalid_value");
    assert.equal(param, "nosuch", `${method} ${url}: ${detail}`);
    assert.match(detail, /^Cannot read the query: nosuch is unknown; known: \w+(?:, \w+)*$/);
    assert.equal(answer.bodyReads, 0, url);
  }
});

test("an endpoint without parameters says so", async () => {
  const { detail } = assertProblem(
    await askWith("GET", "/admin/circuits?tenant=acme"),
    400,
    "invalid_value",
  );
  assert.equal(detail, "Cannot read the query: tenant is unknown; known: none");
});

test("SEC-3 strangers are refused for what they are, whatever they ask", async () => {
  const { ask } = makeApi();
  const answer = await ask("GET", "/admin/circuits?nosuch=1", { key: null });
  assertProblem(answer, 401, "missing_credential");
});

test("SEC-11 what an issuer adds to its answer is no fault", async () => {
  const { ask } = makeApi();
  const answer = await ask("GET", `${ofIssuers}?state=x&code=y&iss=z`, { key: null });
  assertProblem(answer, 404, "not_found");
});
