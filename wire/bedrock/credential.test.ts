import assert from "node:assert/strict";
import { describe, test } from "node:test";

import { readCredential } from "./credential.ts";

const read = (headers: Readonly<Record<string, string>>): string => {
  const credential = readCredential((name) => headers[name]);
  return credential.ok ? credential.value : credential.code;
};

const signature =
  "AWS4-HMAC-SHA256 Credential=AKIAX/20261120/us-east-1/bedrock/aws4_request, " +
  "SignedHeaders=host;x-amz-date, Signature=abc";

describe("the credential of a Bedrock client", () => {
  const cases: readonly (readonly [
    what: string,
    headers: Readonly<Record<string, string>>,
    credential: string,
  ])[] = [
    ["a bearer key", { authorization: "Bearer sk_live_1-2~3" }, "sk_live_1-2~3"],
    ["in any case", { authorization: "bearer   abc=" }, "abc="],
    ["a signature, whole", { authorization: signature }, signature],
    ["the key once more", { authorization: "Bearer a", "x-api-key": "a" }, "a"],
    ["none", {}, "missing_credential"],
    ["an empty one", { authorization: " " }, "missing_credential"],
    ["in another place", { "x-api-key": "a" }, "missing_credential"],
    ["another scheme", { authorization: "Basic abc" }, "invalid_credential"],
    ["nothing behind the scheme", { authorization: "Bearer" }, "invalid_credential"],
    ["a key with odd characters", { authorization: "Bearer a b" }, "invalid_credential"],
    ["two bearer keys", { authorization: "Bearer a, Bearer b" }, "conflicting_credentials"],
    [
      "a bearer key and a signature",
      { authorization: `Bearer a, ${signature}` },
      "conflicting_credentials",
    ],
    [
      "another key beside it",
      { authorization: "Bearer a", "x-api-key": "b" },
      "conflicting_credentials",
    ],
    [
      "a key beside a signature",
      { authorization: signature, "api-key": "b" },
      "conflicting_credentials",
    ],
    ["a signature with a line end", { authorization: `${signature}\nx` }, "invalid_credential"],
  ];
  for (const [what, headers, credential] of cases) {
    test(what, () => assert.equal(read(headers), credential));
  }
});
