import type { RequestHead } from "@sekisho/lib/http/exchange.ts";

const loopbackAddress = /^(?:(?:::ffff:)?127(?:\.\d{1,3}){3}|::1)$/;
const loopbackHost = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;
const loopbackOrigin = /^https?:\/\/(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])(?::\d{1,5})?$/i;

/** Where clients of any dialect put a key. */
const credentialHeaders = ["authorization", "x-api-key", "api-key", "x-goog-api-key"];

/** A proxy stands between: the address is its own, and not the caller's. */
const proxyHeaders = ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-real-ip"];

/** Does the request show nothing of who sends it? */
export const isKeyless = (head: RequestHead): boolean => !hasAny(head, credentialHeaders);

/**
 * Is it somebody on this machine who asks, and means to? Pages of other sites are not, though the
 * browser that shows them is on it: they name an origin, or a host of theirs that resolves to us.
 */
export function isLocalCaller(head: RequestHead): boolean {
  if (!loopbackAddress.test(head.remoteAddress) || hasAny(head, proxyHeaders)) return false;
  const origin = head.header("origin");
  if (origin !== undefined && !loopbackOrigin.test(origin)) return false;
  if (head.header("sec-fetch-site") === "cross-site") return false;
  return loopbackHost.test(head.header("host") ?? head.header(":authority") ?? "");
}

const hasAny = (head: RequestHead, names: readonly string[]): boolean =>
  names.some((name) => head.header(name) !== undefined);
