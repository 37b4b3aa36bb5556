import type { CredentialCode, HeaderReader } from "../canonical/codec.ts";
import { ok, refuse, type Parsed, type Refusal } from "../result.ts";

const bearer = /^bearer +(?<token>[\w.~+/-]{1,4096}=*)$/i;
const plain = /^[\w.~+/-]{1,4096}=*$/;

/** Where clients of other dialects put theirs. */
const otherHeaders = ["x-api-key", "api-key"] as const;

const conflict = (name: string): Refusal<CredentialCode> =>
  refuse("conflicting_credentials", name, `Two different keys given, the second in "${name}"`);

/** A place where a key was given, and the key; null for one that is not written as keys are. */
type Given = readonly [name: string, key: string | null];

function givenIn(header: HeaderReader, query: string): Given[] {
  const given: Given[] = [];
  const apiKey = header("x-goog-api-key")?.trim() ?? "";
  if (apiKey !== "") given.push(["x-goog-api-key", plain.test(apiKey) ? apiKey : null]);
  const authorization = header("authorization")?.trim() ?? "";
  const token = bearer.exec(authorization)?.groups?.["token"] ?? null;
  if (authorization !== "") given.push(["authorization", token]);
  for (const key of new URLSearchParams(query).getAll("key")) {
    given.push(["key", plain.test(key) ? key : null]);
  }
  return given;
}

/**
 * The key of `x-goog-api-key`, of `Authorization: Bearer` or of the query's `key`. Different keys
 * are refused: somebody between would have to choose, and might choose otherwise (SEC-5).
 */
export function readCredential(header: HeaderReader, query = ""): Parsed<string, CredentialCode> {
  const given = givenIn(header, query);
  const [first, ...others] = given;
  if (first === undefined) {
    const message = 'No key given: "x-goog-api-key" or "?key=" expected';
    return refuse("missing_credential", "x-goog-api-key", message);
  }
  const wrong = given.find(([, key]) => key === null);
  if (wrong !== undefined) {
    const [name] = wrong;
    // Two values of a header arrive joined by a comma.
    if (/,\s*\w/.test(header(name) ?? "")) return conflict(name);
    return refuse("invalid_credential", name, `The key in "${name}" is not written as keys are`);
  }
  const [, key] = first;
  const other = others.find((each) => each[1] !== key);
  if (key === null || other !== undefined) return conflict(other?.[0] ?? first[0]);
  for (const name of otherHeaders) {
    const value = header(name)?.trim() ?? "";
    if (value !== "" && value !== key) return conflict(name);
  }
  return ok(key);
}
