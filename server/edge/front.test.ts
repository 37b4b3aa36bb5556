import assert from "node:assert/strict";
import { test } from "node:test";
import type { Exchange } from "@sekisho/lib/http/exchange.ts";
import { Front } from "./front.ts";

/** What a door without a route behind it says to `POST` of a path. */
function refusal(path: string): string {
  const front = new Front({
    routes: [{ method: "GET", path: "/v1/responses/{id}", value: () => assert.fail(path) }],
    admin: null,
    console: null,
    introduce: () => null,
    crossOrigin: null,
    sessions: null,
    encodeError: (_path, code, message) => ({
      status: 404,
      headers: [],
      body: `${code} ${message}`,
    }),
    refused: () => "req_1",
    onDefect: (error) => assert.fail(String(error)),
  });
  let said = "";
  front.handle({
    head: { method: "POST", path, header: () => undefined },
    respond: (_status: number, _headers: readonly string[], body: string) => (said = body),
  } as unknown as Exchange); // nothing else of it is looked at
  return said;
}

const cases: readonly (readonly [path: string, said: RegExp])[] = [
  ["/nowhere", /^not_found Cannot POST \/nowhere: nothing is served there$/],
  ["/v1/images/generations", /^unsupported_surface /],
  ["/v1/responses/resp_1", /^method_not_allowed .+ allowed are GET/],
  ["/v1/responses/resp_1/nothing", /^unsupported_surface .+ answers that are kept/],
  ["/v1/responses/compact", /^unsupported_surface .+ made by POST/],
  ["/v1/responses/input_tokens", /^unsupported_surface .+ made by POST/],
  ["/openai/v1/responses/resp_1/cancel", /^unsupported_surface .+ answers that are kept/],
  ["/chat/completions", /^not_found .+ base URL .+ ends in \/v1$/],
  ["/messages", /^not_found .+ ends in \/v1$/],
  ["/v1/v1/messages", /^not_found .+ ends before \/v1$/],
];

for (const [path, said] of cases) {
  test(`WIR-14 who asks for ${path} is told what to do instead`, () => {
    assert.match(refusal(path), said);
  });
}
