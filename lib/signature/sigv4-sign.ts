import {
  canonicalPath,
  canonicalQuery,
  canonicalRequest,
  canonicalValue,
} from "./canonical-request.ts";
import { SigningKeys } from "./signing-keys.ts";
import { algorithm, amzDate, scopeText, sha256Hex, signatureOf, type Scope } from "./sigv4.ts";

/** A key pair; the token goes with pairs that were lent for a while. */
export interface SigningCredential {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | null;
}

export interface RequestToSign {
  readonly method: string;
  /** As the `host` header will say it, with the port where it is not the scheme's own. */
  readonly host: string;
  /** As it goes over the wire: percent-encoded, without the query. */
  readonly path: string;
  /** Without "?". */
  readonly query: string;
  /** Flat: name, value. Those that are to be covered beside the signer's own and `host`. */
  readonly headers: readonly string[];
  readonly body: Uint8Array | string;
}

/** Signs requests to one service in one region with AWS Signature Version 4. */
export class RequestSigner {
  readonly #service: string;
  readonly #region: string;
  readonly #keys: SigningKeys;

  constructor(service: string, region: string, keys: SigningKeys = new SigningKeys()) {
    this.#service = service;
    this.#region = region;
    this.#keys = keys;
  }

  /** The headers to add, flat: the date, the token where there is one, the signature. */
  sign(request: RequestToSign, credential: SigningCredential, nowMs: number): string[] {
    const date = amzDate(nowMs);
    const bodySha256 = sha256Hex(request.body);
    const added = ["x-amz-date", date];
    const { accessKeyId, secretAccessKey, sessionToken } = credential;
    if (sessionToken !== null) added.push("x-amz-security-token", sessionToken);
    // The one service that demands it.
    if (this.#service === "s3") added.push("x-amz-content-sha256", bodySha256);
    const headers = sortedHeaders(["host", request.host, ...added, ...request.headers]);
    const headerNames = headers.map(([name]) => name);
    const canonical = canonicalRequest({
      method: request.method,
      path: canonicalPath(request.path, this.#service),
      query: canonicalQuery(request.query),
      headerNames,
      headerValues: headers.map(([, value]) => value),
      bodySha256,
    });
    const scope: Scope = { date: date.slice(0, 8), region: this.#region, service: this.#service };
    const key = this.#keys.keyFor(secretAccessKey, scope);
    const scopeWords = scopeText(scope);
    const signature = signatureOf(key, { date, scope: scopeWords, canonicalRequest: canonical });
    added.push(
      "authorization",
      `${algorithm} Credential=${accessKeyId}/${scopeWords}, ` +
        `SignedHeaders=${headerNames.join(";")}, Signature=${signature}`,
    );
    return added;
  }
}

type Header = [name: string, value: string];

/** By name; the values of a name that stands more than once are joined, as they stand. */
function sortedHeaders(flat: readonly string[]): Header[] {
  const headers: Header[] = [];
  for (let index = 0; index + 1 < flat.length; index += 2) {
    headers.push([(flat[index] ?? "").toLowerCase(), canonicalValue(flat[index + 1] ?? "")]);
  }
  headers.sort(([a], [b]) => Number(a > b) - Number(a < b));
  const joined: Header[] = [];
  for (const header of headers) {
    const last = joined.at(-1);
    if (last !== undefined && last[0] === header[0]) last[1] += `,${header[1]}`;
    else joined.push(header);
  }
  return joined;
}
