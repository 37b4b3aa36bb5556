import type { ParsedHead } from "../exchange/wire-head.ts";
import type { HttpLimits } from "../limits.ts";
import type { Refusal, RefusalCode } from "../refusal.ts";

const refusal = (code: RefusalCode, fault: string): Refusal => ({
  code,
  message: `Cannot accept the request: ${fault}`,
});

/**
 * What the parsers let through and a gateway must not: heads that two servers could read
 * differently, and methods and targets that only a proxy has a use for. Null when the head is fine.
 */
export const findRefusal = (head: ParsedHead, limits: HttpLimits): Refusal | null =>
  checkVersion(head) ??
  checkMethod(head.method) ??
  checkTarget(head.target, limits.urlBytes) ??
  checkHeaders(head, limits);

const checkVersion = ({ protocol, version }: ParsedHead): Refusal | null =>
  protocol === "h2" || version === "1.1" || version === "1.0"
    ? null
    : refusal("bad_request", `the version is HTTP/${version}, 1.0 or 1.1 needed`);

const checkMethod = (method: string): Refusal | null =>
  method === "TRACE" || method === "CONNECT"
    ? refusal("method_not_allowed", `the method is ${method}, which is not served`)
    : null;

const slash = 0x2f;
const percent = 0x25;
const questionMark = 0x3f;

const checkTarget = (target: string, maxBytes: number): Refusal | null => {
  if (target.length > maxBytes) {
    return refusal("uri_too_long", `the URL has ${target.length} bytes, limit ${maxBytes}`);
  }
  if (target.charCodeAt(0) !== slash) {
    return refusal("bad_request", 'the target is not a path that starts with "/"');
  }
  let inPath = true;
  for (let at = 0; at < target.length; at++) {
    const code = target.charCodeAt(at);
    if (code <= 0x20 || code >= 0x7f) {
      return refusal("bad_request", "the URL holds a character that must be percent-encoded");
    }
    if (code === questionMark) inPath = false;
    if (code === percent && inPath && !isPrintableEscape(target, at)) {
      return refusal("bad_request", "the path holds an encoded control character or a bare %");
    }
  }
  return null;
};

const hexValue = (code: number): number => {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const letter = code | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : -1;
};

const isPrintableEscape = (target: string, at: number): boolean => {
  const high = hexValue(target.charCodeAt(at + 1));
  const low = hexValue(target.charCodeAt(at + 2));
  if (high === -1 || low === -1) return false;
  const byte = high * 16 + low;
  return byte >= 0x20 && byte !== 0x7f;
};

/** What has been seen of the headers that must stand once. */
interface Seen {
  authority: string | null;
  host: string | null;
  authorizations: number;
  codings: number;
}

const checkHeaders = (head: ParsedHead, limits: HttpLimits): Refusal | null => {
  const { headers, version } = head;
  if (headers.length > limits.headerCount * 2) {
    const count = headers.length / 2;
    return refusal("headers_too_large", `it has ${count} headers, limit ${limits.headerCount}`);
  }
  const seen: Seen = { authority: null, host: null, authorizations: 0, codings: 0 };
  let bytes = 0;
  for (let n = 0; n < headers.length; n += 2) {
    const name = headers[n] ?? "";
    const value = headers[n + 1] ?? "";
    bytes += name.length + value.length;
    const found = checkHeader(name, value, seen);
    if (found !== null) return found;
  }
  // node:http counts by itself; node:http2 only after the client has confirmed our settings.
  if (bytes > limits.headerBytes) {
    const fault = `its headers have ${bytes} bytes, limit ${limits.headerBytes}`;
    return refusal("headers_too_large", fault);
  }
  if (seen.codings > 0 && version === "1.0") {
    return refusal("bad_request", "HTTP/1.0 has no transfer coding");
  }
  return checkAuthority(seen, version);
};

const twoHosts = refusal("bad_request", "it has two Host headers, limit 1");

// HTTP/2 clients may send `host` beside `:authority`: the same thing said twice is no conflict.
const checkAuthority = ({ authority, host }: Seen, version: string): Refusal | null => {
  if (authority === null && host === null) {
    return version === "1.0" ? null : refusal("bad_request", "it has no Host header");
  }
  return authority !== null && host !== null && authority !== host ? twoHosts : null;
};

// By length first: of the usual ten headers two or three get as far as a comparison.
const checkHeader = (name: string, value: string, seen: Seen): Refusal | null => {
  switch (name.length) {
    case 4:
      return name.toLowerCase() === "host" ? checkHost(value, seen) : null;
    case 10:
      if (name === ":authority") seen.authority = value;
      return null;
    case 13:
      return name.toLowerCase() === "authorization" ? checkAuthorization(seen) : null;
    case 17:
      return name.toLowerCase() === "transfer-encoding" ? checkCoding(value, seen) : null;
    default:
      return null;
  }
};

const checkHost = (value: string, seen: Seen): Refusal | null => {
  if (seen.host !== null) return twoHosts;
  seen.host = value;
  return null;
};

const checkAuthorization = (seen: Seen): Refusal | null => {
  seen.authorizations += 1;
  return seen.authorizations > 1
    ? refusal("conflicting_credentials", "it has two Authorization headers, limit 1")
    : null;
};

const checkCoding = (value: string, seen: Seen): Refusal | null => {
  seen.codings += 1;
  return seen.codings === 1 && value.toLowerCase() === "chunked"
    ? null
    : refusal("bad_request", "its transfer coding is not chunked");
};
