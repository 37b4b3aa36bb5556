import { hash } from "node:crypto";
import { signInMs } from "@sekisho/gateway/identity/issuer-sign-in.ts";
import type { RequestHead } from "@sekisho/lib/http/exchange.ts";
import { portedName } from "./session-cookie.ts";

/** So many sign-ins of one browser are under way at most: all of them fit into one head. */
const pendingLimit = 5;

const prefix = (head: RequestHead): string => `${portedName(head, "sekisho_sign_in")}_`;

/** Each sign-in has a cookie of its own: those of two tabs do not end one another. */
const nameOf = (head: RequestHead, state: string): string =>
  prefix(head) + hash("sha256", state, "base64url").slice(0, 12);

const sealedShape = /^[\w-]{1,4096}$/;

/** What the browser carries, by name. */
function pendingOf(head: RequestHead): ReadonlyMap<string, string> {
  const start = prefix(head);
  const pairs = (head.header("cookie") ?? "").split(";").map((pair) => pair.trim());
  const own = pairs.filter((pair) => pair.startsWith(start) && pair.includes("="));
  return new Map(
    own.map((pair) => {
      const at = pair.indexOf("=");
      return [pair.slice(0, at), pair.slice(at + 1)];
    }),
  );
}

/** The name of the sign-in that has come back with this request. */
const namedIn = (head: RequestHead): string =>
  nameOf(head, new URLSearchParams(head.query).get("state") ?? "");

/** What the browser has brought back, sealed; null when nothing. */
export function signInOf(head: RequestHead): string | null {
  const sealed = pendingOf(head).get(namedIn(head)) ?? "";
  return sealedShape.test(sealed) ? sealed : null;
}

/** `Lax`: the issuer's page leads back here, and `Strict` would stay behind. */
const attributes = (isSecure: boolean): string =>
  `Path=/admin/session/oidc; HttpOnly; SameSite=Lax${isSecure ? "; Secure" : ""}`;

const ended = (name: string, isSecure: boolean): readonly string[] => [
  "set-cookie",
  `${name}=; ${attributes(isSecure)}; Max-Age=0`,
];

/** The headers that give the browser a sign-in to carry; of too many it forgets the others … */
export function signInCookie(
  head: RequestHead,
  { state, sealed }: { readonly state: string; readonly sealed: string },
  isSecure: boolean,
): readonly string[] {
  const others = [...pendingOf(head).keys()];
  const tooMany = others.length < pendingLimit ? [] : others;
  return [
    ...tooMany.flatMap((name) => ended(name, isSecure)),
    "set-cookie",
    `${nameOf(head, state)}=${sealed}; ${attributes(isSecure)}; Max-Age=${signInMs / 1_000}`,
  ];
}

/** … and the one that takes the sign-in that has come back, and no other. */
export function endedSignIn(head: RequestHead, isSecure: boolean): readonly string[] {
  const name = namedIn(head);
  return pendingOf(head).has(name) ? ended(name, isSecure) : [];
}
