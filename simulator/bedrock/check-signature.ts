import { Failure } from "@sekisho/lib/failure/failure.ts";
import { readSignatureClaim } from "@sekisho/lib/signature/signature-claim.ts";
import { SignatureVerifier } from "@sekisho/lib/signature/sigv4-verify.ts";
import type { Credentials, Presented } from "../credentials.ts";

const service = "bedrock";
const maxSkewMs = 300_000;
/** What is asked of the world may be signed for any region. */
const anyRegion = "global";

const verifierOf = (region: string): SignatureVerifier =>
  new SignatureVerifier({
    service,
    regions: region === anyRegion ? null : [region],
    maxSkewMs,
    pathPrefixes: [],
  });

/**
 * Checks a signed request: its form always, the signature itself where access keys were configured.
 * Throws `Failure<RefusalCode>`.
 */
export const checkSignature = (presented: Presented, credentials: Credentials): void => {
  const { accessKeys, nowMs } = credentials;
  const claim = readSignatureClaim(presented.header("authorization") ?? "");
  if (claim === null) {
    throw new Failure("invalid_signature", "Authorization header is not a complete signature.");
  }
  if (accessKeys === null) return;
  const secretAccessKey = accessKeys.get(claim.accessKeyId);
  if (secretAccessKey === undefined) {
    const message = "The security token included in the request is invalid.";
    throw new Failure("invalid_key", message);
  }
  const [path = "", query = ""] = presented.url.split("?", 2);
  const header = (name: string): string | undefined => presented.header(name) ?? undefined;
  const headerNames = () => presented.headerNames();
  const head = { method: presented.method, path, query, header, headerNames };
  const proof = { secretAccessKey, body: presented.body, nowMs };
  const verdict = verifierOf(presented.region).verify(claim, head, proof);
  if (verdict.ok) return;
  const message = `The request signature does not match: ${verdict.fault}.`;
  throw new Failure("invalid_signature", message);
};
