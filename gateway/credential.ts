import type { RequestHead } from "@sekisho/lib/http/exchange.ts";
import type { SignatureClaim } from "@sekisho/lib/signature/signature-claim.ts";
import type { SignedHead } from "@sekisho/lib/signature/sigv4-verify.ts";
import type { Principal } from "./principal.ts";

/** A request that bears a signature instead of a key. Only with its body can it be proven. */
export interface SignedRequest {
  readonly claim: SignatureClaim;
  readonly head: SignedHead;
}

/** Where a credential comes from, as the head of its request says. */
export type Sender = Pick<RequestHead, "clientAddress" | "header">;

/** A request that is taken for somebody's by the place that it comes from, without a credential. */
export interface KeylessRequest {
  readonly principal: Principal;
}

/** What a client shows: a raw key, as its dialect carries it, or a signature. */
export type ShownCredential = string | SignedRequest;

/** How it is known who sends a request. */
export type Credential = ShownCredential | KeylessRequest;
