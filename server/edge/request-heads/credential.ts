import { Buffer } from "node:buffer";
import type { ShownCredential, SignedRequest } from "@sekisho/gateway/credential.ts";
import type { Keyring } from "@sekisho/gateway/identity/keyring.ts";
import type { Principal } from "@sekisho/gateway/principal.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Exchange, RequestHead } from "@sekisho/lib/http/exchange.ts";
import { claimsSignature, readSignatureClaim } from "@sekisho/lib/signature/signature-claim.ts";
import { readCredential as readBedrockCredential } from "@sekisho/wire/bedrock/credential.ts";
import type { ClientCodec } from "@sekisho/wire/canonical/codec.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";

type CredentialReader = Pick<ClientCodec<never>, "readCredential">;

/**
 * What a request shows of who sends it: on every surface the key as its dialect carries it, or a
 * signature of AWS. Throws Failure.
 */
export function credentialOf(
  head: RequestHead,
  { readCredential }: CredentialReader,
): ShownCredential {
  const isSigned = claimsSignature(head.header("authorization")?.trim() ?? "");
  // A key beside a signature is refused as Bedrock's dialect refuses it.
  const read = isSigned ? readBedrockCredential : readCredential;
  const credential = read((name) => head.header(name), head.query);
  if (!credential.ok) throw new Failure<Code>(credential.code, credential.message);
  return isSigned ? signedRequest(head, credential.value) : credential.value;
}

/**
 * Who sends a request that has no body, or whose body counts for nothing: its connection is no
 * stranger's from then on (SEC-4). Throws Failure.
 */
export function bodilessPrincipal(
  exchange: Pick<Exchange, "head" | "trust">,
  reader: CredentialReader,
  keyring: Pick<Keyring, "authenticate" | "prove">,
): Principal {
  const { head } = exchange;
  const credential = credentialOf(head, reader);
  const principal =
    typeof credential === "string"
      ? keyring.authenticate(credential, head)
      : keyring.prove(credential, Buffer.alloc(0), head);
  exchange.trust();
  return principal;
}

/** Two credentials of one header, joined as repeated headers are. */
const second = /,\s*(?:bearer|basic|aws4-hmac-sha256)\s/i;

function signedRequest(head: RequestHead, authorization: string): SignedRequest {
  const claim = readSignatureClaim(authorization);
  if (claim === null) {
    const [code, why]: [Code, string] = second.test(authorization)
      ? ["conflicting_credentials", "two credentials stand in it, one expected"]
      : ["invalid_signature", "it is not Credential, SignedHeaders and Signature"];
    throw new Failure<Code>(code, `Cannot read header "authorization": ${why}`);
  }
  if ((head.header("x-amz-security-token") ?? "") !== "") {
    const why = 'the gateway lends no session tokens; unset "AWS_SESSION_TOKEN"';
    const message = `Cannot accept header "x-amz-security-token": ${why}`;
    throw new Failure<Code>("invalid_credential", message);
  }
  const coding = head.header("content-encoding")?.toLowerCase() ?? "";
  if (coding !== "" && coding !== "identity") {
    // The signature covers the coded bytes: nothing of a stranger's is to be decoded first.
    const why = "the body of a signed request comes without a content coding";
    throw new Failure<Code>("unsupported_media_type", `Cannot read the body: ${why}`);
  }
  return { claim, head };
}
