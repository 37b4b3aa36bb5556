import { Failure } from "@sekisho/lib/failure/failure.ts";
import { amzDate } from "@sekisho/lib/signature/sigv4.ts";
import {
  SignatureVerifier,
  type SignatureFault,
  type SignedHead,
} from "@sekisho/lib/signature/sigv4-verify.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { SignedRequest } from "../credential.ts";

/** The name under which SDKs of AWS sign for every call of Bedrock. */
const service = "bedrock";
const maxSkewMs = 300_000;

const invalid = {
  date_missing: 'header "x-amz-date" is absent or not written as 20260102T030405Z',
  scope_date: 'its scope is of another day than "x-amz-date"',
  scope_region: "its scope is of a region that is not served",
  scope_service: `its scope is of another service, "${service}" needed`,
  host_unsigned: 'it covers neither "host" nor ":authority"',
  header_unsigned: "it does not cover every header that begins with x-amz-",
  header_missing: "a header that it covers did not arrive",
  body_unsigned: 'it does not cover the body: "x-amz-content-sha256" is not a SHA-256',
  body_mismatch: 'the body is not the one that "x-amz-content-sha256" names',
  mismatch:
    "the secret access key is wrong, or method, path, host, a header or the body " +
    "changed after it was made",
} as const satisfies Record<Exclude<SignatureFault, "skewed">, string>;

/** Checks what signed requests say, in words that tell their senders what to mend. */
export class RequestSignatures {
  readonly #clock: Clock;
  readonly #verifier: SignatureVerifier;

  /** `pathPrefixes`: what a proxy takes off the start of paths. */
  constructor(clock: Clock, pathPrefixes: readonly string[]) {
    this.#clock = clock;
    this.#verifier = new SignatureVerifier({ service, regions: null, maxSkewMs, pathPrefixes });
  }

  /** Throws Failure `invalid_signature` or `signature_expired`. */
  checkHead({ claim, head }: SignedRequest): void {
    const nowMs = this.#clock.wallMs();
    const fault = this.#verifier.faultOfHead(claim, head, nowMs);
    if (fault !== null) throw refusalOf(fault, head, nowMs);
  }

  /** Throws as `checkHead` unless the request was signed with this secret, its body included. */
  check({ claim, head }: SignedRequest, secretAccessKey: string, body: Uint8Array): void {
    const nowMs = this.#clock.wallMs();
    const verdict = this.#verifier.verify(claim, head, { secretAccessKey, body, nowMs });
    if (!verdict.ok) throw refusalOf(verdict.fault, head, nowMs);
  }
}

const refusalOf = (fault: SignatureFault, head: SignedHead, nowMs: number): Failure<Code> => {
  if (fault !== "skewed") {
    return new Failure<Code>("invalid_signature", `Cannot accept the signature: ${invalid[fault]}`);
  }
  // SDKs look for "Signature expired", set their clocks by the answer's `date` and try again.
  const times = `it is of ${head.header("x-amz-date")}, the time here is ${amzDate(nowMs)}`;
  const message = `Signature expired, or not good yet: ${times}`;
  return new Failure<Code>("signature_expired", `${message}, limit ${maxSkewMs / 60_000} minutes`);
};
