import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { readFault } from "./provider-fault.ts";

interface Answer {
  readonly status: number | null;
  readonly type?: string;
  readonly body?: unknown;
}

const faultOf = ({ status, type, body = {} }: Answer): ReturnType<typeof readFault> =>
  readFault({
    status,
    headers: type === undefined ? {} : { "x-amzn-errortype": type },
    body: Buffer.from(typeof body === "string" ? body : JSON.stringify(body)),
    retryAfterMs: null,
  });

describe("RTE-7 what an error of Bedrock's means", () => {
  const suffix = ":http://internal.amazon.com/coral/com.amazon.bedrock/";
  const cases: readonly (readonly [what: string, answer: Answer, told: string])[] = [
    [
      "throttled",
      { status: 429, type: `ThrottlingException${suffix}`, body: { message: "Too many requests" } },
      "upstream_rate_limited retry",
    ],
    [
      "too many tokens a minute are no long prompt",
      { status: 429, type: "ThrottlingException", body: { message: "Too many tokens, wait" } },
      "upstream_rate_limited retry",
    ],
    [
      "a model that warms up",
      { status: 429, type: "ModelNotReadyException" },
      "upstream_unavailable retry",
    ],
    [
      "the account's quota",
      { status: 400, type: "ServiceQuotaExceededException" },
      "upstream_rate_limited failover",
    ],
    [
      "a wrong request",
      { status: 400, type: "ValidationException", body: { message: "Malformed input request" } },
      "upstream_rejected final",
    ],
    [
      "a long prompt",
      {
        status: 400,
        type: "ValidationException",
        body: { message: "Input is too long for requested model." },
      },
      "context_length_exceeded final",
    ],
    [
      "a long prompt, without a name",
      { status: 400, body: { message: "prompt is too long: 210000 tokens > 200000 maximum" } },
      "context_length_exceeded final",
    ],
    [
      "no access to the model",
      {
        status: 403,
        type: "AccessDeniedException",
        body: { message: "You don't have access to the model with the specified model ID." },
      },
      "upstream_auth failover",
    ],
    [
      "no access at all",
      {
        status: 403,
        type: "AccessDeniedException",
        body: { Message: "User: arn:aws:iam::1:user/x is not authorized" },
      },
      "upstream_auth failover credential",
    ],
    [
      "a wrong key",
      { status: 403, type: "UnrecognizedClientException" },
      "upstream_auth failover credential",
    ],
    [
      "an expired token",
      { status: 403, body: { __type: "com.amazon.coral.service#ExpiredTokenException" } },
      "upstream_auth failover credential",
    ],
    [
      "a wrong signature",
      { status: 403, type: "InvalidSignatureException" },
      "upstream_auth failover credential",
    ],
    [
      "an unknown model",
      { status: 404, type: "ResourceNotFoundException" },
      "upstream_rejected final",
    ],
    ["a late model", { status: 408, type: "ModelTimeoutException" }, "upstream_timeout retry"],
    ["a broken model", { status: 424, type: "ModelErrorException" }, "upstream_error retry"],
    ["a broken stream", { status: 424, type: "ModelStreamErrorException" }, "upstream_error retry"],
    ["a broken service", { status: 500, type: "InternalServerException" }, "upstream_error retry"],
    [
      "a service that is away",
      { status: 503, type: "ServiceUnavailableException" },
      "upstream_unavailable retry",
    ],
    ["a 503 of somebody between", { status: 503, body: "<html>" }, "upstream_unavailable retry"],
    ["a 529", { status: 529, body: "" }, "upstream_error retry"],
    ["a 418", { status: 418, body: "" }, "upstream_rejected final"],
    ["an unknown exception", { status: 500, type: "NewException" }, "upstream_error retry"],
    [
      "a 200 with an exception",
      { status: 200, type: "ThrottlingException" },
      "upstream_rate_limited retry",
    ],
    ["a 200 that is none", { status: 200, body: "<html>" }, "upstream_malformed retry"],
    ["nothing", { status: null, body: "" }, "upstream_malformed retry"],
  ];
  for (const [what, answer, told] of cases) {
    test(what, () => {
      const { code, verdict, credentialFault } = faultOf(answer);
      assert.equal(`${code} ${verdict}${credentialFault ? " credential" : ""}`, told);
    });
  }

  test("a message that helps the client is passed on, without the account", () => {
    const message =
      "The model arn:aws:bedrock:us-east-1:123456789012:x/y of 123456789012 takes no topK";
    const fault = faultOf({ status: 400, type: "ValidationException", body: { message } });
    assert.equal(fault.message, "The model … of … takes no topK");
  });

  test("of the provider's own failures nothing is told", () => {
    const body = { message: "User: arn:aws:iam::123456789012:user/x is not authorized" };
    const { message } = faultOf({ status: 403, type: "AccessDeniedException", body });
    assert.doesNotMatch(message, /arn|iam|1234/);
  });

  test("the hint to come back later is handed on", () => {
    const fault = readFault({ status: 429, body: Buffer.alloc(0), retryAfterMs: 1500 });
    assert.equal(fault.retryAfterMs, 1500);
  });
});
