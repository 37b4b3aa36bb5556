import assert from "node:assert/strict";
import { test } from "node:test";
import { providerEndpoint, type ProviderPlace } from "./provider-endpoint.ts";

const home = { region: "global", baseUrl: null };
const simulatorUrl = "http://127.0.0.1:7000";

const urlOf = (place: ProviderPlace, simulator: string | null = simulatorUrl): string | null => {
  const endpoint = providerEndpoint(place, simulator);
  return endpoint === null ? null : `${endpoint.origin} ${endpoint.basePath}`;
};

test("CFG-2 for OpenAI a base URL without a path means /v1, any other is kept", () => {
  const rows: readonly [string, string][] = [
    ["http://127.0.0.1:9100", "http://127.0.0.1:9100 /v1"],
    ["http://127.0.0.1:9100/", "http://127.0.0.1:9100 /v1"],
    ["http://127.0.0.1:9100/v1", "http://127.0.0.1:9100 /v1"],
    ["http://127.0.0.1:9100/v1/", "http://127.0.0.1:9100 /v1"],
    ["https://api.groq.com/openai/v1", "https://api.groq.com /openai/v1"],
    ["http://[::1]:80/x//", "http://[::1] /x"],
  ];
  for (const [baseUrl, expected] of rows) {
    for (const kind of ["openai", "openai-compatible"] as const) {
      assert.equal(urlOf({ ...home, kind, baseUrl }), expected, baseUrl);
    }
    assert.equal(urlOf({ ...home, kind: "simulator", dialect: "openai", baseUrl }), expected);
  }
});

test("CFG-2 for the others a base URL is what their SDKs are told: nothing is appended", () => {
  const rows: readonly [string, string][] = [
    ["http://127.0.0.1:9100", "http://127.0.0.1:9100 "],
    ["http://127.0.0.1:9100/", "http://127.0.0.1:9100 "],
    ["https://proxy.example/anthropic/", "https://proxy.example /anthropic"],
  ];
  for (const [baseUrl, expected] of rows) {
    for (const dialect of ["anthropic", "bedrock", "gemini"] as const) {
      assert.equal(urlOf({ ...home, kind: dialect, baseUrl }), expected, baseUrl);
      assert.equal(urlOf({ ...home, kind: "simulator", dialect, baseUrl }), expected, baseUrl);
    }
  }
});

test("CFG-2 a /v1 at the end of Anthropic's base URL is not called twice", () => {
  for (const [baseUrl, expected] of [
    ["https://api.anthropic.com/v1", "https://api.anthropic.com "],
    ["https://proxy.example/anthropic/v1/", "https://proxy.example /anthropic"],
  ] as const) {
    assert.equal(urlOf({ ...home, kind: "anthropic", baseUrl }), expected);
  }
  const bedrock = urlOf({ ...home, kind: "bedrock", baseUrl: "https://proxy.example/v1" });
  assert.equal(bedrock, "https://proxy.example /v1");
});

test("CFG-2 nor is a version at the end of Gemini's", () => {
  for (const version of ["", "/v1", "/v1beta", "/v1beta/"]) {
    const baseUrl = `https://proxy.example/google${version}`;
    assert.equal(urlOf({ ...home, kind: "gemini", baseUrl }), "https://proxy.example /google");
  }
  const google = urlOf({ ...home, kind: "gemini" });
  assert.equal(google, "https://generativelanguage.googleapis.com ");
});

test("without a base URL each kind is where its provider is", () => {
  assert.equal(urlOf({ ...home, kind: "openai" }), "https://api.openai.com /v1");
  assert.equal(urlOf({ ...home, kind: "anthropic" }), "https://api.anthropic.com ");
  assert.equal(urlOf({ ...home, kind: "openai-compatible" }), null);
});

test("Bedrock is in its region, below the domain of the region's partition", () => {
  const rows: readonly [string, string][] = [
    ["us-east-1", "amazonaws.com"],
    ["us-gov-west-1", "amazonaws.com"],
    ["ap-northeast-1", "amazonaws.com"],
    ["cn-north-1", "amazonaws.com.cn"],
    ["cn-northwest-1", "amazonaws.com.cn"],
    ["eusc-de-east-1", "amazonaws.eu"],
    ["us-iso-east-1", "c2s.ic.gov"],
    ["us-isob-east-1", "sc2s.sgov.gov"],
    ["us-isof-south-1", "csp.hci.ic.gov"],
    ["eu-isoe-west-1", "cloud.adc-e.uk"],
  ];
  for (const [region, domain] of rows) {
    const url = urlOf({ kind: "bedrock", region, baseUrl: null });
    assert.equal(url, `https://bedrock-runtime.${region}.${domain} `);
  }
});

test("the simulator of this process serves each region under a prefix", () => {
  const rows = [
    ["openai", "global", `${simulatorUrl} /v1`],
    ["openai", "us-east-1", `${simulatorUrl} /us-east-1/v1`],
    ["anthropic", "global", `${simulatorUrl} `],
    ["anthropic", "us-east-1", `${simulatorUrl} /us-east-1`],
    ["bedrock", "us-west-2", `${simulatorUrl} /us-west-2`],
  ] as const;
  for (const [dialect, region, expected] of rows) {
    assert.equal(urlOf({ kind: "simulator", dialect, region, baseUrl: null }), expected);
  }
  assert.equal(urlOf({ ...home, kind: "simulator", dialect: "openai" }, null), null);
});
