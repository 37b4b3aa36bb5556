import type { Keyring } from "@sekisho/gateway/identity/keyring.ts";
import type { RequestHead } from "@sekisho/lib/http/exchange.ts";

const bearer = /^Bearer +(?<token>eyJ[\w.-]+) *$/i;
const plain = /^ *(?<token>eyJ[\w.-]+) *$/;

/** Where clients of the dialects put a credential, each in its own way. */
const places = [
  ["authorization", bearer],
  ["x-api-key", plain],
  ["api-key", plain],
  ["x-goog-api-key", plain],
] as const;

/** Proves the token of an issuer before anybody asks whose it is; null where there is none. */
export function introduced(
  head: Pick<RequestHead, "header" | "query">,
  keyring: Pick<Keyring, "hasIssuers" | "introduce">,
): Promise<void> | null {
  if (!keyring.hasIssuers) return null;
  const token = tokenIn(head);
  return token === null ? null : keyring.introduce(token);
}

/** A second one that differs is refused where the credential is read. */
function tokenIn(head: Pick<RequestHead, "header" | "query">): string | null {
  for (const [name, shape] of places) {
    const token = shape.exec(head.header(name) ?? "")?.groups?.["token"];
    if (token !== undefined) return token;
  }
  // Of an `EventSource`, which has no headers, and of clients of Gemini.
  if (!head.query.includes("=eyJ")) return null;
  const query = new URLSearchParams(head.query);
  return plain.exec(query.get("token") ?? query.get("key") ?? "")?.groups?.["token"] ?? null;
}
