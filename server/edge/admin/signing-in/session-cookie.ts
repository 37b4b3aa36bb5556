import type { RequestHead } from "@sekisho/lib/http/exchange.ts";
import { sessionMs } from "./sessions.ts";

/**
 * Cookies do not know ports: gateways side by side on one machine would sign each other out, so
 * the port that the browser asked stands in the name.
 */
export function portedName(head: RequestHead, name: string): string {
  const port = /:(?<port>\d{1,5})$/.exec(head.header("host") ?? "")?.groups?.["port"];
  return port === undefined ? name : `${name}_${port}`;
}

const cookieName = (head: RequestHead): string => portedName(head, "sekisho_session");

const sessionId = /^[\w-]{43}$/;

/** The id that the browser sent; null when it sent none. */
export function sessionIdOf(head: RequestHead): string | null {
  const start = `${cookieName(head)}=`;
  const pairs = (head.header("cookie") ?? "").split(";").map((pair) => pair.trim());
  const id = pairs.find((pair) => pair.startsWith(start))?.slice(start.length) ?? "";
  return sessionId.test(id) ? id : null;
}

/**
 * Sent to `/admin` alone, hidden from scripts, and never by another site's pages; where a proxy has
 * given the page TLS, never without it. The browser says so: who lies harms their own cookie.
 */
const isOverTls = (head: RequestHead): boolean =>
  head.header("origin")?.startsWith("https://") === true;

const attributesFor = (isSecure: boolean): string => {
  return `Path=/admin; HttpOnly; SameSite=Strict${isSecure ? "; Secure" : ""}`;
};

/** How long a browser keeps its session, and whether it is for TLS alone. */
export interface Lasting {
  readonly isSecure: boolean;
  readonly maxMs: number;
}

/** The header that gives the browser its session … */
export const sessionCookie = (
  head: RequestHead,
  id: string,
  { isSecure, maxMs }: Lasting = { isSecure: isOverTls(head), maxMs: sessionMs },
): readonly string[] => [
  "set-cookie",
  `${cookieName(head)}=${id}; ${attributesFor(isSecure)}; Max-Age=${Math.floor(maxMs / 1_000)}`,
];

/** … and the one that takes it. */
export const endedCookie = (head: RequestHead): readonly string[] => [
  "set-cookie",
  `${cookieName(head)}=; ${attributesFor(isOverTls(head))}; Max-Age=0`,
];
