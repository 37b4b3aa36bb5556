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
  #second = NaN;
  #now: SigningTime = { date: "", scope: { date: "", region: "", service: "" }, scopeText: "" };

  constructor(service: string, region: string, keys: SigningKeys = new SigningKeys()) {
    this.#service = service;
    this.#region = region;
    this.#keys = keys;
  }

  /** The headers to add, flat: the date, the token where there is one, the signature. */
  sign(request: RequestToSign, credential: SigningCredential, nowMs: number): string[] {
    const now = this.#timeOf(nowMs);
    const bodySha256 = sha256Hex(request.body);
    const added = ["x-amz-date", now.date];
    const { accessKeyId, secretAccessKey, sessionToken } = credential;
    if (sessionToken !== null) added.push("x-amz-security-token", sessionToken);
    // The one service that demands it.
    if (this.#service === "s3") added.push("x-amz-content-sha256", bodySha256);
    const headers = new SortedHeaders();
    headers.add("host", request.host);
    headers.addAll(added);
    headers.addAll(request.headers);
    const canonical = canonicalRequest({
      method: request.method,
      path: canonicalPath(request.path, this.#service),
      query: canonicalQuery(request.query),
      headerNames: headers.names,
      headerValues: headers.values,
      bodySha256,
    });
    const key = this.#keys.keyFor(secretAccessKey, now.scope);
    const toSign = { date: now.date, scope: now.scopeText, canonicalRequest: canonical };
    added.push(
      "authorization",
      `${algorithm} Credential=${accessKeyId}/${now.scopeText}, ` +
        `SignedHeaders=${headers.names.join(";")}, Signature=${signatureOf(key, toSign)}`,
    );
    return added;
  }

  /** Spelt once for all requests of a second. */
  #timeOf(nowMs: number): SigningTime {
    const second = Math.floor(nowMs / 1_000);
    if (second === this.#second) return this.#now;
    const date = amzDate(nowMs);
    const scope = { date: date.slice(0, 8), region: this.#region, service: this.#service };
    this.#second = second;
    this.#now = { date, scope, scopeText: scopeText(scope) };
    return this.#now;
  }
}

/** What a second says in a signature. */
interface SigningTime {
  readonly date: string;
  readonly scope: Scope;
  readonly scopeText: string;
}

/** By name; the values of a name that stands more than once are joined, as they stand. */
class SortedHeaders {
  readonly names: string[] = [];
  readonly values: string[] = [];

  addAll(flat: readonly string[]): void {
    for (let index = 0; index + 1 < flat.length; index += 2) {
      this.add(flat[index] ?? "", flat[index + 1] ?? "");
    }
  }

  add(said: string, saidValue: string): void {
    const { names, values } = this;
    const name = said.toLowerCase();
    const value = canonicalValue(saidValue);
    let at = names.length;
    while (at > 0 && (names[at - 1] ?? "") > name) at -= 1;
    if (names[at - 1] === name) {
      values[at - 1] += `,${value}`;
      return;
    }
    names.splice(at, 0, name);
    values.splice(at, 0, value);
  }
}
