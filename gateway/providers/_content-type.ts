import type { UpstreamHeaders } from "@sekisho/lib/http/upstream.ts";

/** "" where an answer names none. */
export function contentTypeOf(headers: UpstreamHeaders): string {
  const value = headers["content-type"];
  return typeof value === "string" ? value : "";
}
