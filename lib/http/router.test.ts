import assert from "node:assert/strict";
import { test } from "node:test";
import * as fc from "fast-check";
import { Router, type Route } from "./router.ts";

const route = (method: string, path: string): Route<string> => ({
  method,
  path,
  value: `${method} ${path}`,
});

const router = new Router([
  route("POST", "/v1/chat/completions"),
  route("GET", "/v1/models"),
  route("GET", "/v1/models/{model}"),
  route("GET", "/admin/keys"),
  route("POST", "/admin/keys"),
  route("GET", "/admin/keys/current"),
  route("DELETE", "/admin/keys/{id}"),
  route("POST", "/admin/keys/{id}/rotate"),
  route("POST", "/model/{id}/converse"),
  route("GET", "/own-head"),
  route("HEAD", "/own-head"),
  route("GET", "/t/{tenant}/k/{key}"),
]);

const found = (method: string, path: string): unknown => {
  const match = router.match(method, path);
  return match.kind === "found" ? [match.value, match.parameters] : match;
};

const notFound = { kind: "not_found" };

const table: readonly (readonly [method: string, path: string, expected: unknown])[] = [
  ["POST", "/v1/chat/completions", ["POST /v1/chat/completions", {}]],
  ["GET", "/v1/models", ["GET /v1/models", {}]],
  ["GET", "/v1/models/gpt-5", ["GET /v1/models/{model}", { model: "gpt-5" }]],
  ["GET", "/t/a/k/b", ["GET /t/{tenant}/k/{key}", { tenant: "a", key: "b" }]],
  ["GET", "/admin/keys/current", ["GET /admin/keys/current", {}]],
  ["POST", "/admin/keys/current/rotate", ["POST /admin/keys/{id}/rotate", { id: "current" }]],
  ["DELETE", "/admin/keys", { kind: "method_not_allowed", allow: ["GET", "POST"] }],
  ["GET", "/admin/keys/k1", { kind: "method_not_allowed", allow: ["DELETE"] }],
  ["get", "/v1/models", { kind: "method_not_allowed", allow: ["GET"] }],
  ["HEAD", "/v1/models", ["GET /v1/models", {}]],
  ["HEAD", "/v1/models/gpt-5", ["GET /v1/models/{model}", { model: "gpt-5" }]],
  ["HEAD", "/own-head", ["HEAD /own-head", {}]],
  ["HEAD", "/v1/chat/completions", { kind: "method_not_allowed", allow: ["POST"] }],
  ["HEAD", "/v1", notFound],
  ["GET", "/", notFound],
  ["GET", "", notFound],
  ["GET", "/v1", notFound],
  ["GET", "/v1/models/", notFound],
  ["GET", "/v1/models/a/b", notFound],
  ["GET", "//v1/models", notFound],
  ["POST", "/model//converse", notFound],
  ["GET", "/v1/%6dodels", notFound],
  ["GET", "/v1/../admin/keys", notFound],
  ["GET", "/__proto__/constructor", notFound],
];

for (const [method, path, expected] of table) {
  test(`${method} ${path === "" ? "(empty)" : path}`, () => {
    assert.deepEqual(found(method, path), expected);
  });
}

const modelIds: readonly (readonly [segment: string, id: string])[] = [
  ["anthropic.claude-sonnet-5-v1:0", "anthropic.claude-sonnet-5-v1:0"],
  ["anthropic.claude-sonnet-5-v1%3A0", "anthropic.claude-sonnet-5-v1:0"],
  [
    "arn%3Aaws%3Abedrock%3A%3A1%3Ainference-profile%2Fjp.x",
    "arn:aws:bedrock::1:inference-profile/jp.x",
  ],
  ["a%252Fb", "a%2Fb"],
  ["%E3%83%9E%E3%83%B3%E3%82%AC", "マンガ"],
  ["..", ".."],
  ["a+b", "a+b"],
  ["__proto__", "__proto__"],
];

for (const [segment, id] of modelIds) {
  test(`WIR-4 the model id ${segment} is one segment, decoded once`, () => {
    assert.deepEqual(found("POST", `/model/${segment}/converse`), [
      "POST /model/{id}/converse",
      { id },
    ]);
  });
}

test("WIR-4 a parameter that is not UTF-8 in percent-encoding is not found", () => {
  for (const segment of ["%", "%zz", "%E3%83", "%ff"]) {
    assert.deepEqual(found("POST", `/model/${segment}/converse`), notFound);
  }
});

test("WIR-4 whatever the id, encoding it into the path and matching gives it back", () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1, unit: "grapheme" }), (id) => {
      const match = found("POST", `/model/${encodeURIComponent(id)}/converse`);
      assert.deepEqual(match, ["POST /model/{id}/converse", { id }]);
    }),
  );
});

test("an endless path of slashes is not found at once", () => {
  assert.deepEqual(found("GET", "/".repeat(100_000)), notFound);
});

test("routes that clash or are malformed are refused when the router is made", () => {
  const clashes = [
    ["/a", "/a"],
    ["/a/{x}", "/a/{x}"],
    ["/a/{x}", "/a/{y}"],
  ];
  for (const paths of clashes) {
    assert.throws(
      () => new Router(paths.map((path) => route("GET", path))),
      /clashes with GET \/a/,
    );
  }
  for (const path of ["", "a", "/{", "/a{b}", "/{a}b", "/{}", "/{a}/{a}"]) {
    assert.throws(() => new Router([route("GET", path)]), /malformed/);
  }
});
