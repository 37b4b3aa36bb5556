import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { ScriptedProviders } from "../harness/scripted-providers.ts";

let scripted: ScriptedProviders;

before(async () => {
  scripted = await ScriptedProviders.start();
});
after(() => scripted[Symbol.asyncDispose]());

const get = (path: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> =>
  fetch(`${scripted.gateway.url}${path}`, { headers });

const version = { "anthropic-version": "2023-06-01" };
const apiKey = (): Record<string, string> => ({ "x-api-key": scripted.gateway.key });
const bearer = (): Record<string, string> => ({ authorization: `Bearer ${scripted.gateway.key}` });

interface Page {
  readonly data: readonly { readonly id: string; readonly type?: string }[];
  readonly has_more?: boolean;
  readonly last_id?: string;
  readonly object?: string;
}

const pageOf = async (answer: Response): Promise<Page> => {
  assert.equal(answer.status, 200);
  // The shape of either dialect.
  return (await answer.json()) as Page;
};

const all = ["claude", "bedrock", "converse", "gpt", "both"];

describe("the list of models", () => {
  for (const [path, headers] of [
    ["/v1/models", { ...version }],
    ["/anthropic/v1/models", {}],
  ] as const) {
    test(`${path} with ${JSON.stringify(headers)} is Anthropic's`, async () => {
      for (const credential of [apiKey(), bearer()]) {
        const answer = await get(path, { ...headers, ...credential });
        assert.match(answer.headers.get("request-id") ?? "", /^req_/);
        const { data, has_more: hasMore } = await pageOf(answer);
        assert.deepEqual(
          data.map(({ id, type }) => [id, type]),
          all.map((id) => [id, "model"]),
        );
        assert.equal(hasMore, false);
      }
    });
  }

  for (const path of ["/v1/models", "/openai/v1/models"]) {
    test(`${path} without a version is OpenAI's`, async () => {
      const { object, data } = await pageOf(await get(path, bearer()));
      assert.deepEqual([object, data.map(({ id }) => id)], ["list", all]);
    });
  }

  test("goes page by page", async () => {
    const seen: string[] = [];
    let query = "?limit=2";
    for (;;) {
      const page = await pageOf(await get(`/v1/models${query}`, { ...version, ...apiKey() }));
      seen.push(page.data.map(({ id }) => id).join(" "));
      if (page.has_more !== true) break;
      query = `?limit=2&after_id=${page.last_id}`;
    }
    assert.deepEqual(seen, ["claude bedrock", "converse gpt", "both"]);
  });

  test("SEC-3 names only what the key may use", async () => {
    const key = await scripted.makeKey({ tenant: "demo", name: "k", models: ["gpt", "both"] });
    const { data } = await pageOf(await get("/v1/models", { ...version, "x-api-key": key }));
    assert.deepEqual(
      data.map(({ id }) => id),
      ["gpt", "both"],
    );
  });
});

test("one model, in the shape of either dialect", async () => {
  const one = async (headers: Record<string, string>): Promise<Record<string, unknown>> =>
    // The shape of either dialect.
    (await (await get("/v1/models/gpt", headers)).json()) as Record<string, unknown>;
  const anthropic = await one({ ...version, ...apiKey() });
  assert.deepEqual([anthropic["type"], anthropic["id"]], ["model", "gpt"]);
  const openai = await one(bearer());
  assert.deepEqual([openai["object"], openai["id"]], ["model", "gpt"]);
});

describe("a list that is refused", () => {
  const refused = async (answer: Response): Promise<unknown> => {
    const { type, error } = (await answer.json()) as { type?: string; error: { type: string } };
    return [answer.status, type, error.type, answer.headers.get("x-sekisho-cause")];
  };

  test("is refused in the words of its dialect", async () => {
    assert.deepEqual(await refused(await get("/v1/models", version)), [
      401,
      "error",
      "authentication_error",
      "missing_credential",
    ]);
    const [status, type] = (await refused(await get("/v1/models"))) as unknown[];
    assert.deepEqual([status, type], [401, undefined]);
    const absent = await get("/v1/models/none", { ...version, ...apiKey() });
    assert.deepEqual(await refused(absent), [404, "error", "not_found_error", "model_not_found"]);
  });

  for (const query of ["limit=0", "limit=x", "after_id=none", "after_id=gpt&before_id=both"]) {
    test(`for ?${query}`, async () => {
      const answer = await get(`/v1/models?${query}`, { ...version, ...apiKey() });
      assert.deepEqual(await refused(answer), [
        400,
        "error",
        "invalid_request_error",
        "invalid_value",
      ]);
    });
  }

  test("for a version that is not known", async () => {
    const answer = await get("/v1/models", { "anthropic-version": "1999-01-01", ...apiKey() });
    assert.equal(answer.status, 400);
  });

  test("SEC-3 by the surfaces of the key", async () => {
    const key = await scripted.makeKey({
      tenant: "demo",
      name: "k",
      surfaces: ["anthropic.models"],
    });
    assert.equal((await get("/v1/models", { ...version, "x-api-key": key })).status, 200);
    assert.equal((await get("/v1/models", { authorization: `Bearer ${key}` })).status, 403);
  });
});
