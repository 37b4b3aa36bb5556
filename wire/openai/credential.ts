import type { CredentialCode, HeaderReader } from "../canonical/codec.ts";
import { ok, refuse, type Parsed } from "../result.ts";

/** Where clients of other dialects put theirs. */
const otherHeaders = ["x-api-key", "api-key", "x-goog-api-key"] as const;

const bearer = /^bearer +[\w.~+/-]{1,4096}=*$/i;

/**
 * The key of `Authorization: Bearer`. A second, different key in another header is refused:
 * somebody between would have to choose, and might choose otherwise (SEC-5).
 */
export function readCredential(header: HeaderReader): Parsed<string, CredentialCode> {
  const value = header("authorization")?.trim() ?? "";
  if (value === "") {
    const message = 'No key given: "Authorization: Bearer <key>" expected';
    return refuse("missing_credential", "authorization", message);
  }
  if (!bearer.test(value)) {
    // Two values of the header arrive joined by a comma.
    return /,\s*\w+\s/.test(value)
      ? refuse("conflicting_credentials", "authorization", "Two keys given, one expected")
      : refuse("invalid_credential", "authorization", "The key is not given as a bearer token");
  }
  const token = value.slice(value.lastIndexOf(" ") + 1);
  for (const name of otherHeaders) {
    const other = header(name)?.trim() ?? "";
    if (other === "" || other === token) continue;
    const message = `Two different keys given, in "authorization" and "${name}": one expected`;
    return refuse("conflicting_credentials", name, message);
  }
  return ok(token);
}
