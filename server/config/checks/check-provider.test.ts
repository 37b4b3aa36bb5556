import assert from "node:assert/strict";
import { test } from "node:test";
import { loaded, sentences } from "../loading/text-fixture.ts";

const variables = { A: "secret-of-a", B: "secret-of-b", C: "secret-of-c" };

/** Every row: the inside of a provider `p`, and everything that is said about it. */
function check(rows: readonly (readonly [text: string, ...expected: string[]])[]): void {
  for (const [text, ...expected] of rows) {
    assert.deepEqual(sentences(`providers: { p: { ${text} } }`, { variables }), expected, text);
  }
}

const onSimulator = (text: string) => `kind: simulator, baseUrl: "http://127.0.0.1:1", ${text}`;
const onBedrock = (text: string) =>
  `kind: bedrock, region: us-east-1, credentials: [{ id: a, ${text} }]`;
const at = "providers.p.credentials[0]";
const aws = "{ accessKeyId: env:A, secretAccessKey: env:B }";

test("a provider needs what its kind has no default for", () => {
  check([
    [
      "kind: openai-compatible",
      "providers.p.baseUrl is missing: kind openai-compatible has no default",
    ],
    ["kind: openai", "providers.p.credentials is empty: api.openai.com wants an API key"],
    ["kind: openai, baseUrl: http://127.0.0.1:1"],
    ["kind: openai, credentials: [{ id: a, apiKey: env:A }]"],
    [
      "kind: openai, credentials: [{ id: a, apiKey: env:A }, { id: a, apiKey: env:B }]",
      'providers.p.credentials[1].id: "a" is credentials[0] already',
    ],
    [
      "kind: anthropic",
      "providers.p.credentials is empty: api.anthropic.com wants apiKey or bearer",
    ],
    ["kind: anthropic, baseUrl: http://127.0.0.1:1"],
    ["kind: bedrock, credentials: [{ id: a, chain: true }]", "providers.p.region is missing"],
    [
      "kind: bedrock, region: us-east-1",
      "providers.p.credentials is empty: Bedrock wants bearer, sigv4 or chain",
    ],
    [
      "kind: bedrock, region: us-east-1, baseUrl: http://127.0.0.1:1",
      "providers.p.credentials is empty: Bedrock wants bearer, sigv4 or chain",
    ],
    [onSimulator("dialect: bedrock")],
    [onSimulator("dialect: anthropic")],
  ]);
});

test("each kind takes the credentials that it can use, and names them beside another", () => {
  check([
    ["kind: anthropic, credentials: [{ id: a, apiKey: env:A }]"],
    ["kind: anthropic, credentials: [{ id: a, bearer: env:A }]"],
    [onBedrock("bearer: env:A")],
    [onBedrock("chain: true")],
    [onBedrock(`sigv4: ${aws}`)],
    [onBedrock("sigv4: { accessKeyId: env:A, secretAccessKey: env:B, sessionToken: env:C }")],
    [
      "kind: openai, credentials: [{ id: a, bearer: env:A }]",
      `${at}.bearer cannot be used by kind openai, which takes apiKey`,
    ],
    [
      "kind: openai-compatible, baseUrl: http://127.0.0.1:1, credentials: [{ id: a, chain: true }]",
      `${at}.chain cannot be used by kind openai-compatible, which takes apiKey`,
    ],
    [
      `kind: anthropic, credentials: [{ id: a, sigv4: ${aws} }]`,
      `${at}.sigv4 cannot be used by kind anthropic, which takes apiKey or bearer`,
    ],
    [
      onBedrock("apiKey: env:A"),
      `${at}.apiKey cannot be used by kind bedrock, which takes bearer, sigv4 or chain`,
    ],
  ]);
});

test("a simulator takes the credentials of its dialect", () => {
  check([
    [onSimulator("credentials: [{ id: a, apiKey: env:A }]")],
    [onSimulator("dialect: anthropic, credentials: [{ id: a, bearer: env:A }]")],
    [onSimulator(`dialect: bedrock, credentials: [{ id: a, sigv4: ${aws} }]`)],
    [
      onSimulator("credentials: [{ id: a, bearer: env:A }]"),
      `${at}.bearer cannot be used by dialect openai, which takes apiKey`,
    ],
    [
      onSimulator("dialect: bedrock, credentials: [{ id: a, apiKey: env:A }]"),
      `${at}.apiKey cannot be used by dialect bedrock, which takes bearer, sigv4 or chain`,
    ],
  ]);
});

test("a credential has one form, and says it", () => {
  check([
    [
      "kind: anthropic, credentials: [{ id: a, apiKey: env:A, bearer: env:B }]",
      `${at}.bearer is one too many: a credential has one of apiKey or bearer`,
    ],
    [
      onBedrock("chain: true, apiKey: env:A"),
      `${at}.apiKey cannot be used by kind bedrock, which takes bearer, sigv4 or chain`,
    ],
    ["kind: openai, credentials: [{ id: a }]", `${at}.apiKey is missing`],
    ["kind: anthropic, credentials: [{ id: a }]", `${at} has none of apiKey or bearer`],
    [
      "kind: bedrock, region: us-east-1, credentials: [{ id: a }]",
      `${at} has none of bearer, sigv4 or chain`,
    ],
    ["kind: bedrock, region: us-east-1, credentials: [{ bearer: env:A }]", `${at}.id is missing`],
    [onBedrock("bearr: env:A"), `${at}.bearr is unknown; the nearest key is "bearer"`],
    [onBedrock(`sigv: ${aws}`), `${at}.sigv is unknown; the nearest key is "sigv4"`],
    [onBedrock("chain: false"), `${at}.chain: false is not true`],
    [
      onBedrock("sigv4: { accessKeyId: env:A, secretKey: env:B }"),
      `${at}.sigv4.secretKey is unknown; the nearest key is "secretAccessKey"`,
    ],
    [onBedrock("bearer: env:NONE"), `${at}.bearer names the variable NONE, which is not set`],
  ]);
});

test("SEC-7 a region of AWS is a part of a host name and nothing else", () => {
  const good = ["us-east-1", "us-gov-west-1", "ap-southeast-7", "eusc-de-east-1", "us-isob-east-1"];
  for (const region of good) {
    check([[`kind: bedrock, region: ${region}, credentials: [{ id: a, chain: true }]`]]);
  }
  const bad = [
    "global",
    "us-east",
    "US-EAST-1",
    "us-east-1.evil.example",
    "us-east-1/",
    "evil.example#us-east-1",
    "us-east-1@evil.example",
    "us-east-1:8080",
    "us_east_1",
    "us-east-1 ",
    "us-east-0",
    "-east-1",
  ];
  for (const region of bad) {
    check([
      [
        `kind: bedrock, region: "${region}", credentials: [{ id: a, chain: true }]`,
        `providers.p.region: "${region}" is not a region of AWS, such as us-east-1`,
      ],
    ]);
  }
  const lineEnd = sentences('providers: { p: { kind: bedrock, region: "us-east-1\\n" } }');
  assert.match(lineEnd.join(), /is not a region of AWS/);
});

test("versions and interfaces are of a closed list", () => {
  check([
    [
      "kind: anthropic, baseUrl: http://127.0.0.1:1, apiVersion: 2023-01-01",
      'providers.p.apiVersion: "2023-01-01" is not one of 2023-06-01, 2026-10-21',
    ],
    [
      "kind: bedrock, region: us-east-1, api: chat, credentials: [{ id: a, chain: true }]",
      'providers.p.api: "chat" is not one of auto, converse, invoke',
    ],
  ]);
});

test("SEC-9 the secrets of a key pair are read, and only their fingerprints are shown", () => {
  const { config } = loaded(
    `providers: { p: { ${onBedrock("sigv4: { accessKeyId: env:A, secretAccessKey: env:B }")} } }`,
    { variables },
  );
  const [credential = assert.fail()] = config.providers["p"]?.credentials ?? [];
  assert.ok("sigv4" in credential);
  const { accessKeyId, secretAccessKey, sessionToken } = credential.sigv4;
  assert.deepEqual(
    [accessKeyId.reveal(), secretAccessKey.reveal(), sessionToken],
    ["secret-of-a", "secret-of-b", null],
  );
  assert.ok(!JSON.stringify(config.providers).includes("secret-of-"));
});
