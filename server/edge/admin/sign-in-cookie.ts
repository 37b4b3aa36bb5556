import { signInMs } from "@sekisho/gateway/identity/issuer-sign-in.ts";
import type { RequestHead } from "@sekisho/lib/http/exchange.ts";
import { portedName } from "./session-cookie.ts";

const name = (head: RequestHead): string => portedName(head, "sekisho_sign_in");

const sealedShape = /^[\w-]{1,4096}$/;

/** What the browser has brought back, sealed; null when nothing. */
export function signInOf(head: RequestHead): string | null {
  const start = `${name(head)}=`;
  const pairs = (head.header("cookie") ?? "").split(";").map((pair) => pair.trim());
  const sealed = pairs.find((pair) => pair.startsWith(start))?.slice(start.length) ?? "";
  return sealedShape.test(sealed) ? sealed : null;
}

/** `Lax`: the issuer's page leads back here, and `Strict` would stay behind. */
const attributes = (isSecure: boolean): string =>
  `Path=/admin/session/oidc; HttpOnly; SameSite=Lax${isSecure ? "; Secure" : ""}`;

/** The header that gives the browser a sign-in to carry … */
export const signInCookie = (
  head: RequestHead,
  sealed: string,
  isSecure: boolean,
): readonly string[] => [
  "set-cookie",
  `${name(head)}=${sealed}; ${attributes(isSecure)}; Max-Age=${signInMs / 1_000}`,
];

/** … and the one that takes it. */
export const endedSignIn = (head: RequestHead, isSecure: boolean): readonly string[] => [
  "set-cookie",
  `${name(head)}=; ${attributes(isSecure)}; Max-Age=0`,
];
