import { Buffer } from "node:buffer";
import { timingSafeEqual } from "node:crypto";

import {
  canonicalPath,
  canonicalQuery,
  canonicalRequest,
  canonicalValue,
} from "./canonical-request.ts";
import type { SignatureClaim } from "./signature-claim.ts";
import { SigningKeys } from "./signing-keys.ts";
import { amzDate, scopeText, sha256Hex, signatureOf } from "./sigv4.ts";

/** The head of a request as it arrived. */
export interface SignedHead {
  readonly method: string;
  /** As it stood on the wire, still percent-encoded, without the query. */
  readonly path: string;
  /** Without "?". */
  readonly query: string;
  /** By its lower-case name. */
  header(name: string): string | undefined;
  /** In lower case, repeated ones as often as they stand there. */
  headerNames(): readonly string[];
}

export type SignatureFault =
  /** No `x-amz-date`, or no date in it. */
  | "date_missing"
  /** The signature is older or newer than may be. */
  | "skewed"
  /** The scope is of another day than the date. */
  | "scope_date"
  | "scope_region"
  | "scope_service"
  /** Neither `host` nor `:authority` is covered: the request may have been meant for others. */
  | "host_unsigned"
  /** A header that is AWS's own arrived without being signed: somebody may have added it. */
  | "header_unsigned"
  /** A header that was signed did not arrive. */
  | "header_missing"
  /** The body is not covered, or in a way that is not known here. */
  | "body_unsigned"
  | "body_mismatch"
  /** A wrong secret, or something that is covered was changed on its way. */
  | "mismatch";

export type SignatureVerdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly fault: SignatureFault };

export interface VerifierOptions {
  readonly service: string;
  /** Regions that requests may be signed for; null for any. */
  readonly regions: readonly string[] | null;
  readonly maxSkewMs: number;
  /**
   * What a proxy takes off the start of paths, or puts there, after they were signed: `/gateway`.
   */
  readonly pathPrefixes: readonly string[];
}

const good: SignatureVerdict = { ok: true };
const bad = (fault: SignatureFault): SignatureVerdict => ({ ok: false, fault });

const dateForm = /^\d{8}T\d{6}Z$/;
/** What steers a request to AWS. `x-amzn-trace-id` is no such header: load balancers add it. */
const mustBeSigned = /^x-(?:amz|amzn-bedrock)-/;
const hashForm = /^[0-9a-f]{64}$/;

/**
 * Checks AWS Signature Version 4. A claim names an access key; whoever keeps the secrets finds the
 * secret to it, and then it is seen whether the request was signed with it.
 */
export class SignatureVerifier {
  readonly #options: VerifierOptions;
  readonly #keys: SigningKeys;

  constructor(options: VerifierOptions, keys: SigningKeys = new SigningKeys()) {
    this.#options = options;
    this.#keys = keys;
  }

  /** What is wrong with a claim before anybody has looked at the body or for the secret. */
  faultOfHead(claim: SignatureClaim, head: SignedHead, nowMs: number): SignatureFault | null {
    const { service, regions, maxSkewMs } = this.#options;
    const { scope, signedHeaders } = claim;
    const date = head.header("x-amz-date") ?? "";
    if (!dateForm.test(date)) return "date_missing";
    if (date < amzDate(nowMs - maxSkewMs) || date > amzDate(nowMs + maxSkewMs)) return "skewed";
    if (!date.startsWith(scope.date)) return "scope_date";
    if (scope.service !== service) return "scope_service";
    if (regions !== null && !regions.includes(scope.region)) return "scope_region";
    const coversHost = signedHeaders.includes("host") || signedHeaders.includes(":authority");
    if (!coversHost) return "host_unsigned";
    const isAdded = head
      .headerNames()
      .some((name) => mustBeSigned.test(name) && !signedHeaders.includes(name));
    return isAdded ? "header_unsigned" : null;
  }

  verify(claim: SignatureClaim, head: SignedHead, proof: Proof): SignatureVerdict {
    const fault = this.faultOfHead(claim, head, proof.nowMs);
    if (fault !== null) return bad(fault);
    const bodySha256 = sha256Hex(proof.body);
    const claimedHash = head.header("x-amz-content-sha256");
    if (claimedHash !== undefined && claimedHash !== bodySha256) {
      return bad(hashForm.test(claimedHash) ? "body_mismatch" : "body_unsigned");
    }
    const headerValues = signedValues(claim.signedHeaders, head);
    if (headerValues === null) return bad("header_missing");
    const key = this.#keys.keyFor(proof.secretAccessKey, claim.scope);
    const signed = Buffer.from(claim.signature, "latin1");
    for (const path of this.#pathsOf(head.path)) {
      const signature = signatureOf(key, {
        date: head.header("x-amz-date") ?? "",
        scope: scopeText(claim.scope),
        canonicalRequest: canonicalRequest({
          method: head.method,
          path: canonicalPath(path, claim.scope.service),
          query: canonicalQuery(head.query),
          headerNames: claim.signedHeaders,
          headerValues,
          bodySha256,
        }),
      });
      if (timingSafeEqual(Buffer.from(signature, "latin1"), signed)) return good;
    }
    return bad("mismatch");
  }

  /** The path as it arrived, then as it may have been when it was signed. */
  #pathsOf(path: string): readonly string[] {
    const { pathPrefixes } = this.#options;
    if (pathPrefixes.length === 0) return [path];
    const paths = [path];
    for (const prefix of pathPrefixes) {
      if (path.startsWith(`${prefix}/`)) paths.push(path.slice(prefix.length));
      paths.push(prefix + path);
    }
    return paths;
  }
}

export interface Proof {
  readonly secretAccessKey: string;
  readonly body: Uint8Array | string;
  readonly nowMs: number;
}

/** `host` and `:authority` are one thing said in two versions of HTTP. */
const otherName = { host: ":authority", ":authority": "host" } as const;

/** Null when one of them did not arrive. */
function signedValues(names: readonly string[], head: SignedHead): string[] | null {
  const values: string[] = [];
  for (const name of names) {
    const isHost = name === "host" || name === ":authority";
    const value = head.header(name) ?? (isHost ? head.header(otherName[name]) : undefined);
    if (value === undefined) return null;
    values.push(canonicalValue(value));
  }
  return values;
}
