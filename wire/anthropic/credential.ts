import type { CredentialCode, HeaderReader } from "../canonical/codec.ts";
import { ok, refuse, type Parsed, type Refusal } from "../result.ts";

/** Where clients of other dialects put theirs. */
const otherHeaders = ["api-key", "x-goog-api-key"] as const;

const plain = /^[\w.~+/-]{1,4096}=*$/;
const bearer = /^bearer +(?<token>[\w.~+/-]{1,4096}=*)$/i;

const conflict = (first: string, second: string): Refusal<CredentialCode> =>
  refuse(
    "conflicting_credentials",
    second,
    `Two different keys given, in "${first}" and "${second}": one expected`,
  );

/** Two values of a header arrive joined by a comma. */
const wrong = (name: string, value: string): Refusal<CredentialCode> =>
  /,\s*\w/.test(value)
    ? refuse("conflicting_credentials", name, `Two keys given in "${name}", one expected`)
    : refuse("invalid_credential", name, `The key in "${name}" is not written as keys are`);

/**
 * The key of `x-api-key` or of `Authorization: Bearer`: clients send the one, the other, or the
 * same key in both. Different keys are refused: somebody between would have to choose, and might
 * choose otherwise (SEC-5).
 */
export function readCredential(header: HeaderReader): Parsed<string, CredentialCode> {
  const apiKey = header("x-api-key")?.trim() ?? "";
  const authorization = header("authorization")?.trim() ?? "";
  if (apiKey === "" && authorization === "") {
    const message = 'No key given: "x-api-key" or "Authorization: Bearer <key>" expected';
    return refuse("missing_credential", "x-api-key", message);
  }
  if (apiKey !== "" && !plain.test(apiKey)) return wrong("x-api-key", apiKey);
  const token = bearer.exec(authorization)?.groups?.["token"];
  if (authorization !== "" && token === undefined) return wrong("authorization", authorization);
  if (apiKey !== "" && token !== undefined && apiKey !== token) {
    return conflict("x-api-key", "authorization");
  }
  const key = token ?? apiKey;
  for (const name of otherHeaders) {
    const other = header(name)?.trim() ?? "";
    if (other !== "" && other !== key) {
      return conflict(apiKey === "" ? "authorization" : "x-api-key", name);
    }
  }
  return ok(key);
}
