import assert from "node:assert/strict";
import { test } from "node:test";
import { RequestSigner } from "@sekisho/lib/signature/sigv4-sign.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { startSimulator, type SimulatorAccess } from "../server.ts";

const body = JSON.stringify({ messages: [{ role: "user", content: [{ text: "Say hi" }] }] });
const path = "/us-east-1/model/amazon.nova-lite-v1%3A0/converse";

interface Attempt {
  readonly secret?: string;
  readonly region?: string;
  readonly lateMs?: number;
  readonly sent?: string;
  readonly authorization?: string;
}

/** The answer's status and exception. */
const knock = async (access: SimulatorAccess, attempt: Attempt): Promise<unknown[]> => {
  const clock = new VirtualClock();
  const simulator = await startSimulator({ port: 0, seed: 1, clock, ...access });
  const { secret = "s3cret", region = "us-east-1", lateMs = 0, sent = body } = attempt;
  const request = {
    method: "POST",
    host: `127.0.0.1:${simulator.port}`,
    path,
    query: "",
    headers: [],
    body,
  };
  const pair = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: secret, sessionToken: null };
  const nowMs = clock.wallMs() - lateMs;
  const signed = new RequestSigner("bedrock", region).sign(request, pair, nowMs);
  const headers: Record<string, string> = {};
  for (let n = 0; n < signed.length; n += 2) headers[signed[n] ?? ""] = signed[n + 1] ?? "";
  if (attempt.authorization === "") delete headers["authorization"];
  else if (attempt.authorization !== undefined) headers["authorization"] = attempt.authorization;
  const response = await fetch(simulator.url + path, { method: "POST", headers, body: sent });
  await response.text();
  await simulator.close();
  return [response.status, response.headers.get("x-amzn-errortype")];
};

const pairs = { accessKeys: { AKIDEXAMPLE: "s3cret" } };
const others = { accessKeys: { AKIDOTHER: "s3cret" } };
const wrong = [403, "InvalidSignatureException"];
const unknown = [403, "UnrecognizedClientException"];
const good = [200, null];

const attempts: readonly [
  what: string,
  access: SimulatorAccess,
  attempt: Attempt,
  expected: unknown[],
][] = [
  ["a right signature", pairs, {}, good],
  ["a wrong secret", pairs, { secret: "guess" }, wrong],
  ["a body that was changed", pairs, { sent: `${body} ` }, wrong],
  ["another region", pairs, { region: "eu-west-1" }, wrong],
  ["a signature of six minutes ago", pairs, { lateMs: 360_000 }, wrong],
  ["an access key that nobody knows", others, {}, unknown],
  ["any signature where no pairs are given", {}, { secret: "guess" }, good],
  ["half a signature", {}, { authorization: "AWS4-HMAC-SHA256 Credential=x" }, wrong],
  ["nothing where anything goes", {}, { authorization: "" }, good],
  [
    "nothing where pairs are given",
    pairs,
    { authorization: "" },
    [403, "MissingAuthenticationTokenException"],
  ],
  ["a bearer that is known", { keys: ["k"] }, { authorization: "Bearer k" }, good],
  ["a bearer that is not", { keys: ["k"] }, { authorization: "Bearer x" }, unknown],
];
for (const [what, access, attempt, expected] of attempts) {
  test(`SIM-1 ${what}: ${expected.join(" ")}`, async () =>
    assert.deepEqual(await knock(access, attempt), expected));
}
