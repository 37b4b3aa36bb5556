import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { readSignatureClaim } from "@sekisho/lib/signature/signature-claim.ts";
import { SignatureVerifier } from "@sekisho/lib/signature/sigv4-verify.ts";
import type { SurfaceHead } from "../../request.ts";
import type { TargetApi } from "../../target.ts";
import { sentBy, type SentRequest } from "../sent-request-harness.ts";
import { BedrockProvider, type BedrockCredential } from "./bedrock-provider.ts";

const model = "us.anthropic.claude-haiku-4-5-20251001-v1:0";
const pair = { accessKeyId: "AKIAEXAMPLE", secretAccessKey: "s".repeat(40), sessionToken: "lent" };

const sent = (
  said: SurfaceHead,
  body: object,
  rest: { readonly api: TargetApi; readonly credential?: BedrockCredential | null },
): SentRequest =>
  sentBy(
    (ports) =>
      new BedrockProvider(ports, {
        name: "b",
        region: "eu-west-1",
        origin: "http://127.0.0.1:9",
        basePath: "/base",
        credential: rest.credential ?? null,
      }),
    { said, body, api: rest.api, model },
  );

const converse = (stream: boolean): SurfaceHead => ({
  surface: "bedrock.converse",
  path: { model: "fast", stream },
});
const invoke = (headers: readonly (readonly [string, string])[] = []): SurfaceHead => ({
  surface: "bedrock.invoke",
  path: { model: "fast", stream: false },
  head: { headers: new Map(headers) },
});

const inConverse = { messages: [{ role: "user", content: [{ text: "Hi" }] }] };
const inClaude = {
  anthropic_version: "bedrock-2023-05-31",
  max_tokens: 5,
  messages: [{ role: "user", content: "Hi" }],
};
const inOpenAi = { model: "fast", messages: [{ role: "user", content: "Hi" }] };

const segment = "us.anthropic.claude-haiku-4-5-20251001-v1%3A0";

test("WIR-4 the operation follows the interface and the stream, the model is one segment", () => {
  const api = "bedrock.converse";
  assert.equal(
    sent(converse(false), inConverse, { api }).request.path,
    `/base/model/${segment}/converse`,
  );
  const stream = sent(converse(true), inConverse, { api });
  assert.equal(stream.request.path, `/base/model/${segment}/converse-stream`);
  assert.equal(stream.headers.get("accept"), "application/vnd.amazon.eventstream");
  const native = sent(invoke(), inClaude, { api: "bedrock.invoke" });
  assert.equal(native.request.path, `/base/model/${segment}/invoke`);
});

test("a limit is always sent: Bedrock reserves quota by it", () => {
  for (const said of [converse(false), { surface: "openai.chat" }] as const) {
    const body = said.surface === "openai.chat" ? inOpenAi : inConverse;
    const { body: written } = sent(said, body, { api: "bedrock.converse" });
    assert.deepEqual(written["inferenceConfig"], { maxTokens: 50 });
  }
});

test("WIR-13 what InvokeModel's clients ask for in headers goes to InvokeModel alone", () => {
  const asked = invoke([
    ["x-amzn-bedrock-guardrailidentifier", "g1"],
    ["x-amzn-bedrock-trace", "ENABLED"],
  ]);
  const native = sent(asked, inClaude, { api: "bedrock.invoke" });
  assert.equal(native.headers.get("x-amzn-bedrock-guardrailidentifier"), "g1");
  assert.deepEqual(native.dropped, []);
  const trace = invoke([["x-amzn-bedrock-trace", "ENABLED"]]);
  const translated = sent(trace, inClaude, { api: "bedrock.converse" });
  assert.equal(translated.headers.get("x-amzn-bedrock-trace"), undefined);
  assert.deepEqual(translated.dropped, ["diagnostics"]);
});

test("WIR-13 of an Anthropic client's betas those go to Claude that Bedrock knows", () => {
  const inMessages = { model: "fast", max_tokens: 5, messages: [{ role: "user", content: "Hi" }] };
  const asking = (betas: string): SurfaceHead => ({
    surface: "anthropic.messages",
    head: { apiVersion: "2023-06-01", betas },
  });
  const known = "interleaved-thinking-2025-05-14, context-1m-2025-08-07";
  const names = ["interleaved-thinking-2025-05-14", "context-1m-2025-08-07"];
  const native = sent(asking(known), inMessages, { api: "bedrock.invoke" });
  assert.deepEqual([native.body["anthropic_beta"], native.dropped], [names, []]);
  const some = sent(asking(`oauth-2025-04-20,${known}`), inMessages, { api: "bedrock.invoke" });
  assert.deepEqual([some.body["anthropic_beta"], some.dropped], [names, ["betas"]]);
  const none = sent(asking("oauth-2025-04-20"), inMessages, { api: "bedrock.invoke" });
  assert.deepEqual([none.body["anthropic_beta"], none.dropped], [undefined, ["betas"]]);
  const converse = sent(asking(known), inMessages, { api: "bedrock.converse" });
  assert.deepEqual(converse.dropped, ["betas"]);
  assert.equal(JSON.stringify(converse.body).includes("beta"), false);
});

test("a signature covers what is sent, for the region of the provider", () => {
  const credential = { kind: "sigv4", source: { current: () => pair } } as const;
  const { request, headers } = sent(converse(false), inConverse, {
    api: "bedrock.converse",
    credential,
  });
  const claim = readSignatureClaim(headers.get("authorization") ?? "");
  assert.ok(claim);
  assert.deepEqual([claim.accessKeyId, claim.scope.region], ["AKIAEXAMPLE", "eu-west-1"]);
  assert.ok(claim.signedHeaders.includes("x-amz-security-token"));
  const verifier = new SignatureVerifier({
    service: "bedrock",
    regions: ["eu-west-1"],
    maxSkewMs: 300_000,
    pathPrefixes: [],
  });
  const head = {
    method: "POST",
    path: request.path,
    query: "",
    header: (name: string) => (name === "host" ? "127.0.0.1:9" : headers.get(name)),
    headerNames: () => [...headers.keys()],
  };
  const nowMs = dateOf(headers.get("x-amz-date") ?? "");
  const { secretAccessKey } = pair;
  const proof = { secretAccessKey, body: request.body ?? "", nowMs };
  assert.deepEqual(verifier.verify(claim, head, proof), { ok: true });
});

/** `20150830T123600Z` */
const dateOf = (text: string): number =>
  Date.parse(text.replace(/^(....)(..)(..)T(..)(..)(..)Z$/, "$1-$2-$3T$4:$5:$6Z"));

test("without credentials of now nothing is sent, and another target may do", () => {
  const credential = { kind: "sigv4", source: { current: () => null } } as const;
  assert.throws(
    () => sent(converse(false), inConverse, { api: "bedrock.converse", credential }),
    (error) => error instanceof Failure && error.code === "upstream_unavailable",
  );
});

test("a bearer key is sent as it is", () => {
  const credential = { kind: "bearer", value: "key" } as const;
  const { headers } = sent(invoke(), inClaude, { api: "bedrock.invoke", credential });
  assert.equal(headers.get("authorization"), "Bearer key");
});
