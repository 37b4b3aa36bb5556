import { readFileSync } from "node:fs";

import type { SignedHead } from "./sigv4-verify.ts";

/** A request as somebody else signed it. */
export interface SignedRequest {
  readonly name: string;
  readonly source: string;
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  readonly secretAccessKey: string;
  readonly region: string;
  readonly service: string;
  readonly nowMs: number;
}

const file = new URL("./fixtures/signed-requests.json", import.meta.url);

/** Of the AWS test suite, of `@smithy/signature-v4` and of botocore. */
export const signedRequests = (): SignedRequest[] =>
  // The file is ours.
  JSON.parse(readFileSync(file, "utf8")) as SignedRequest[];

export const headOf = (request: SignedRequest): SignedHead => ({
  method: request.method,
  path: request.path,
  query: request.query,
  header: (name) => request.headers[name],
  headerNames: () => Object.keys(request.headers),
});
