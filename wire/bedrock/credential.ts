import type { CredentialCode, HeaderReader } from "../canonical/codec.ts";
import { ok, refuse, type Parsed, type Refusal } from "../result.ts";

/** Where clients of other dialects put theirs. */
const otherHeaders = ["x-api-key", "api-key", "x-goog-api-key"] as const;

const bearer = /^bearer +(?<token>[\w.~+/-]{1,4096}=*)$/i;
const signature = /^AWS4-HMAC-SHA256 [\x20-\x7e]{1,8192}$/;

const conflict = (path: string, message: string): Refusal<CredentialCode> =>
  refuse("conflicting_credentials", path, message);

/**
 * What `Authorization` holds: the key that stands behind `Bearer`, or the whole claim of a SigV4
 * signature, told apart by its first word `AWS4-HMAC-SHA256`. A key in another header beside it is
 * refused: somebody between would have to choose, and might choose otherwise (SEC-5).
 */
export function readCredential(header: HeaderReader): Parsed<string, CredentialCode> {
  const value = header("authorization")?.trim() ?? "";
  if (value === "") {
    const message =
      'No key given: "Authorization: Bearer <key>" or an AWS Signature Version 4 expected';
    return refuse("missing_credential", "authorization", message);
  }
  const token = signature.test(value) ? value : bearer.exec(value)?.groups?.["token"];
  if (token === undefined) {
    // Two values of the header arrive joined by a comma.
    return /,\s*(?:bearer|aws4-hmac-sha256)\s/i.test(value)
      ? conflict("authorization", "Two keys given, one expected")
      : refuse("invalid_credential", "authorization", "The key is no bearer token or signature");
  }
  for (const name of otherHeaders) {
    const other = header(name)?.trim() ?? "";
    if (other === "" || other === token) continue;
    return conflict(name, `Two keys given, in "authorization" and "${name}": one expected`);
  }
  return ok(token);
}
