import type { Keyring } from "@sekisho/gateway/identity/keyring.ts";
import type { RequestHead } from "@sekisho/lib/http/exchange.ts";

const bearer = /^Bearer +(?<token>eyJ[\w.-]+) *$/i;

/** Proves the token of an issuer before anybody asks whose it is; null where there is none. */
export function introduced(
  head: RequestHead,
  keyring: Pick<Keyring, "hasIssuers" | "introduce">,
): Promise<void> | null {
  if (!keyring.hasIssuers) return null;
  const token = bearer.exec(head.header("authorization") ?? "")?.groups?.["token"];
  return token === undefined ? null : keyring.introduce(token);
}
