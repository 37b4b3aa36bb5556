import type { SignatureClaim } from "@sekisho/lib/signature/signature-claim.ts";
import type { SignedHead } from "@sekisho/lib/signature/sigv4-verify.ts";

/** A request that bears a signature instead of a key. Only with its body can it be proven. */
export interface SignedRequest {
  readonly claim: SignatureClaim;
  readonly head: SignedHead;
}

/** How a request says who sends it: a raw key, as its dialect carries it, or a signature. */
export type Credential = string | SignedRequest;
