import { RequestSigner, type RequestToSign } from "@sekisho/lib/signature/sigv4-sign.ts";
import type { AccessPairView } from "@sekisho/wire/admin/keys.ts";

export interface Signing {
  readonly pair: AccessPairView;
  readonly atMs: number;
  readonly service?: string;
  readonly region?: string;
}

/** The headers of a request as a client of AWS would send them, those that were signed included. */
export function signedHeaders(
  request: RequestToSign,
  { pair, atMs, service = "bedrock", region = "us-east-1" }: Signing,
): Record<string, string> {
  const credential = { ...pair, sessionToken: null };
  const added = new RequestSigner(service, region).sign(request, credential, atMs);
  const all = [...request.headers, ...added];
  const headers: Record<string, string> = {};
  for (let n = 0; n < all.length; n += 2) headers[all[n] ?? ""] = all[n + 1] ?? "";
  return headers;
}
