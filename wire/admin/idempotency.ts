import type { Parsed } from "../result.ts";
import { readPageSize } from "./_page-size.ts";
import { readQuery, refuseParam } from "./_query.ts";

/** A name that stands for a call (STR-13). Times are RFC 3339. */
export interface ClaimView {
  /** The first request of the name, as the ledger knows it: `req_…`. */
  readonly request: string;
  readonly tenant: string;
  readonly surface: string;
  /** `key`: what the client called it; `content`: made of what it says. */
  readonly source: "key" | "content";
  readonly name: string;
  /** The key that asked first. */
  readonly keyId: string;
  readonly createdAt: string;
  readonly expiresAt: string;
  /** `kept`: its answer is given again; `unknown`: 409; `free`: the next request is a new call. */
  readonly state: "running" | "kept" | "unknown" | "free";
  /** Code of the failure that is given again, or that made the name free. */
  readonly cause: string | null;
}

/** `GET /admin/idempotency`, the newest first. `next` goes on: `?after=<next>`. */
export interface ClaimPage {
  readonly claims: readonly ClaimView[];
  readonly next: string | null;
}

/** Query of `GET /admin/idempotency`. */
export interface ClaimQueryView {
  readonly tenant: string | null;
  readonly name: string | null;
  readonly after: string | null;
  readonly limit: number;
}

const requestShape = /^req_[0-9a-z]{26}$/;

/** Reads the query of `GET /admin/idempotency`. Without one it is the newest 100 of all names. */
export function parseClaimQuery(query: string): Parsed<ClaimQueryView, "invalid_value"> {
  const read = readQuery(query, ["tenant", "name", "after", "limit"]);
  if (!read.ok) return read;
  const of = (param: string): string | null => read.value.get(param) ?? null;
  const limit = readPageSize(read.value.get("limit"));
  if (!limit.ok) return limit;
  const after = of("after");
  if (after !== null && !requestShape.test(after)) {
    return refuseParam("after", "must be the `next` of a page");
  }
  return {
    ok: true,
    value: { tenant: of("tenant"), name: of("name"), after, limit: limit.value },
  };
}
