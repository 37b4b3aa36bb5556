import { hash } from "node:crypto";
import type { CallRecord } from "../call-record.ts";

/** Headers that say something about a caller. */
const interesting = new Set([
  "host",
  "user-agent",
  "content-type",
  "content-length",
  "transfer-encoding",
  "accept",
  "accept-encoding",
  "connection",
  "traceparent",
  "x-request-id",
  "idempotency-key",
  "anthropic-version",
  "anthropic-beta",
  "amz-sdk-invocation-id",
  "x-sim",
]);

const credentials = new Set(["authorization", "x-api-key", "x-goog-api-key", "api-key"]);

const fingerprint = (secret: string): string => `sha256:${hash("sha256", secret).slice(0, 12)}`;

/**
 * A call as `GET /_sim/requests` shows it: the names of all headers, the values of those that are
 * of interest, and credentials as fingerprints.
 */
export const describeCall = (call: CallRecord): object => {
  const { rawHeaders, planned: _, ...shown } = call;
  const headerNames: string[] = [];
  const headers: Record<string, string> = {};
  for (let n = 0; n + 1 < rawHeaders.length; n += 2) {
    const name = (rawHeaders[n] ?? "").toLowerCase();
    const value = rawHeaders[n + 1] ?? "";
    headerNames.push(name);
    if (credentials.has(name)) headers[name] = fingerprint(value);
    else if (interesting.has(name)) headers[name] = value;
  }
  return { ...shown, headerNames, headers };
};
