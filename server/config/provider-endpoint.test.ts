import assert from "node:assert/strict";
import { test } from "node:test";
import { openaiBaseUrl, providerEndpoint } from "./provider-endpoint.ts";

test("CFG-2 a base URL without a path means /v1, any other path is kept", () => {
  const rows: readonly [string, string, string][] = [
    ["http://127.0.0.1:9100", "http://127.0.0.1:9100", "/v1"],
    ["http://127.0.0.1:9100/", "http://127.0.0.1:9100", "/v1"],
    ["http://127.0.0.1:9100/v1", "http://127.0.0.1:9100", "/v1"],
    ["http://127.0.0.1:9100/v1/", "http://127.0.0.1:9100", "/v1"],
    ["https://api.groq.com/openai/v1", "https://api.groq.com", "/openai/v1"],
    ["http://[::1]:80/x//", "http://[::1]", "/x"],
    [openaiBaseUrl, "https://api.openai.com", "/v1"],
  ];
  for (const [url, origin, basePath] of rows) {
    assert.deepEqual(providerEndpoint(url), { origin, basePath }, url);
  }
});
