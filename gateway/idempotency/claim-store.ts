import type { Write } from "@sekisho/lib/storage/writer.ts";

/** Where a name counts: the same name means another request anywhere else (STR-13). */
export interface ClaimScope {
  readonly tenant: string;
  readonly surface: string;
  /** Whom alone the answer may be given to; empty: to every key of the tenant. */
  readonly reader: string;
  /** `key`: the client's own name for its request; `content`: made of what it says. */
  readonly source: "key" | "content";
  readonly name: string;
}

/** A call that is the answer to every request of its name, for as long as it is kept. */
export interface Claim extends ClaimScope {
  /** UUIDv7 body of the call, under which its answer is recorded as well. */
  readonly callId: string;
  /** The key that asked first. */
  readonly keyId: string;
  readonly fingerprint: string;
  readonly createdMs: number;
  /** From here on the name is free. */
  readonly expiresMs: number;
}

export interface ClaimList {
  /** Null: of all tenants. */
  readonly tenant: string | null;
  /** Part of the name, as the client wrote it; null: any. */
  readonly name: string | null;
  /** Those behind it, newest first; null: from the newest on. */
  readonly before: string | null;
  readonly limit: number;
}

/**
 * Which names are taken. A name is taken once: of two commits that take it the later one is
 * refused as a whole, whichever process it comes from.
 */
export interface ClaimStore {
  /** Expired or not. */
  find(scope: ClaimScope): Claim | null;
  byCall(callId: string): Claim | null;
  list(query: ClaimList): readonly Claim[];
  /** In the place of `former`, which must still stand; fails as a conflict where it does not. */
  take(claim: Claim, former: Claim | null): Write[];
  /** The name is free again; nothing where somebody else has it by now. */
  release(callId: string): Write;
  /** The name is kept until then. */
  extend(callId: string, expiresMs: number): Write;
  /** The oldest of those that are over. */
  dropExpired(nowMs: number, limit: number): Write;
}
