import type { LedgerRowView } from "./ledger.ts";

/** `GET /admin/ledger/{id}`: one call. Times are RFC 3339. */
export type LedgerCallView = EndedCallView | RunningCallView;

export interface EndedCallView {
  /** `req_…`, whichever of its ids was asked for. */
  readonly id: string;
  readonly state: "ended";
  readonly startedAt: string;
  /** The response's own first, then its attempts, which the operator alone sees. */
  readonly rows: readonly LedgerRowView[];
}

/** Who asks for what, and where it goes. */
export type CallSubjectView = Pick<
  LedgerRowView,
  | "tenant"
  | "team"
  | "key"
  | "user"
  | "session"
  | "agent"
  | "surface"
  | "alias"
  | "choice"
  | "leftOutMessages"
  | "model"
  | "provider"
  | "region"
  | "tags"
>;

/**
 * A call under way has no rows yet; what is set aside for it is known. Model, provider and region
 * are those of the first target of its plan: others may serve it.
 */
export interface RunningCallView extends CallSubjectView {
  readonly id: string;
  readonly state: "running";
  readonly startedAt: string;
  readonly rows: readonly [];
  /** What it may come to at most. */
  readonly reservedNanoUsd: number;
  readonly reservedInputTokens: number;
  readonly reservedOutputTokens: number;
  readonly priceVersion: string | null;
}
