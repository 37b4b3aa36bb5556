import assert from "node:assert/strict";
import { describe, test } from "node:test";
import type { Principal } from "@sekisho/gateway/principal.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { RequestHead } from "@sekisho/lib/http/exchange.ts";
import { messagesClient } from "@sekisho/wire/anthropic/codec.ts";
import { converseClient } from "@sekisho/wire/bedrock/codec.ts";
import { chatClient } from "@sekisho/wire/openai/codec.ts";
import { bodilessPrincipal, credentialOf } from "./credential.ts";

const accessKeyId = `SKIA${"A".repeat(16)}`;
const signature =
  `AWS4-HMAC-SHA256 Credential=${accessKeyId}/20261120/us-east-1/bedrock/aws4_request, ` +
  `SignedHeaders=host;x-amz-date, Signature=${"0".repeat(64)}`;

const headOf = (headers: Readonly<Record<string, string>>): RequestHead => ({
  method: "POST",
  path: "/",
  query: "",
  protocol: "h1",
  remoteAddress: "::1",
  clientAddress: "::1",
  connection: 1,
  header: (name) => headers[name],
  headerNames: () => Object.keys(headers),
});

test("SEC-4 who has proven a key is no stranger on its connection, who has not still is", () => {
  const principal = { keyId: "key_1" } as Principal; // handed through
  const refused = new Failure("invalid_credential", "Cannot accept the key");
  const keyring = {
    authenticate(raw: string) {
      if (raw === "good") return principal;
      throw refused;
    },
    prove: () => assert.fail("nothing is signed"),
  };
  const trusted: string[] = [];
  const ask = (key: string) =>
    bodilessPrincipal(
      { head: headOf({ authorization: `Bearer ${key}` }), trust: () => trusted.push(key) },
      chatClient,
      keyring,
    );
  assert.throws(() => ask("bad"), refused);
  assert.equal(ask("good"), principal);
  assert.deepEqual(trusted, ["good"]);
});

const clients = { openai: chatClient, anthropic: messagesClient, bedrock: converseClient };

for (const [dialect, codec] of Object.entries(clients)) {
  describe(`credentials on the surfaces of ${dialect}`, () => {
    const read = (headers: Readonly<Record<string, string>>) =>
      credentialOf(headOf(headers), codec);

    test("a bearer key is the key itself", () => {
      assert.equal(read({ authorization: "Bearer sk_dev_x" }), "sk_dev_x");
    });

    test("a signature is what it claims, and the head it claims it of", () => {
      const credential = read({ authorization: ` ${signature} `, "content-encoding": "identity" });
      assert.ok(typeof credential === "object");
      assert.equal(credential.claim.accessKeyId, accessKeyId);
      assert.deepEqual(credential.claim.signedHeaders, ["host", "x-amz-date"]);
      assert.equal(credential.head.method, "POST");
    });

    const refused: readonly (readonly [
      what: string,
      headers: Readonly<Record<string, string>>,
      code: string,
    ])[] = [
      ["nothing", {}, "missing_credential"],
      ["another scheme", { authorization: "Basic YTpi" }, "invalid_credential"],
      [
        "SEC-5 a signature and a key in another header",
        { authorization: signature, "x-api-key": "sk_dev_x" },
        "conflicting_credentials",
      ],
      [
        "SEC-5 a signature and a bearer key",
        { authorization: `${signature}, Bearer sk_dev_x` },
        "conflicting_credentials",
      ],
      [
        "SEC-5 two signatures",
        { authorization: `${signature}, ${signature}` },
        "conflicting_credentials",
      ],
      ["a signature cut off", { authorization: signature.slice(0, -1) }, "invalid_signature"],
      [
        "a session token, since none is lent",
        { authorization: signature, "x-amz-security-token": "lent" },
        "invalid_credential",
      ],
      [
        "SEC-3 a signature over a coded body",
        { authorization: signature, "content-encoding": "GZIP" },
        "unsupported_media_type",
      ],
    ];
    for (const [what, headers, code] of refused) {
      test(`${what}: ${code}`, () => {
        assert.throws(
          () => read(headers),
          (error) => {
            assert.ok(error instanceof Failure);
            assert.equal(error.code, code);
            assert.ok(!error.message.includes("sk_dev_x"), "SEC-9");
            return true;
          },
        );
      });
    }

    test("a session token without a signature is nobody's business", () => {
      const headers = { authorization: "Bearer sk_dev_x", "x-amz-security-token": "lent" };
      assert.equal(read(headers), "sk_dev_x");
    });
  });
}
