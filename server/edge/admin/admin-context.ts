import type { PurgeSelector, StoreSize } from "@sekisho/gateway/cache/cache-store.ts";
import type { ReadAlerts } from "@sekisho/gateway/budget/budget-store.ts";
import type { Budgets } from "@sekisho/gateway/budget/budgets.ts";
import type { Catalog } from "@sekisho/gateway/catalog/catalog.ts";
import type { CostCalculator } from "@sekisho/gateway/costing/cost-calculator.ts";
import type { Explainer } from "@sekisho/gateway/explain/explainer.ts";
import type { FeedbackStore } from "@sekisho/gateway/feedback/feedback.ts";
import type { FirstRun } from "@sekisho/gateway/identity/first-run.ts";
import type { OnceCalls } from "@sekisho/gateway/calls/once-calls.ts";
import type { Keyring } from "@sekisho/gateway/identity/keyring.ts";
import type { Keys } from "@sekisho/gateway/identity/keys.ts";
import type { Erased, Erasure } from "@sekisho/gateway/ledger/erase-names.ts";
import type { FoundCall } from "@sekisho/gateway/ledger/find-call.ts";
import type { GivenFigures, GivenQuery } from "@sekisho/gateway/ledger/given-query.ts";
import type { LedgerCall, LedgerQuery } from "@sekisho/gateway/ledger/ledger-query.ts";
import type { SourceQuery, SourceReport } from "@sekisho/gateway/ledger/source-query.ts";
import type { UsageQuery, UsageReport } from "@sekisho/gateway/ledger/usage-query.ts";
import type { IdSource } from "@sekisho/lib/ids/id-source.ts";
import type { ArmBooks } from "@sekisho/gateway/splits/arm-books.ts";
import type { CallFindings } from "@sekisho/gateway/ledger/name-calls.ts";
import type { Splits } from "@sekisho/gateway/splits/splits.ts";
import type { ChainFindings } from "@sekisho/lib/storage/chains/verify-chain.ts";
import type { Writer } from "@sekisho/lib/storage/writer.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { CircuitCommand, CircuitView } from "@sekisho/wire/admin/circuits.ts";
import type { AuditTrail } from "../../audit/audit-log.ts";
import type { AuditStore } from "../../audit/audit-store.ts";
import type { RunTimeConfig } from "../../settings/run-time-config.ts";
import type { ExportGate } from "./reading/export-gate.ts";
import type { LiveFeed } from "./live-view/live-feed.ts";
import type { GroupCircuits } from "./live-view/merged-circuits.ts";
import type { AdminSessions } from "./signing-in/sessions.ts";
import type { SignInRate } from "./signing-in/sign-in-rate.ts";
import type { SingleSignOn } from "./signing-in/single-sign-on.ts";

/** What the admin API works with. */
export interface AdminContext {
  readonly keyring: Keyring;
  readonly keys: Keys;
  readonly firstRun: FirstRun;
  readonly config: RunTimeConfig;
  readonly writer: Writer;
  /** Takes what other processes have changed; by default there are none. */
  readonly catchUp?: () => Promise<void>;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly circuits: {
    /** Those of this process: all have the same. */
    readonly own: () => readonly CircuitView[];
    /** In every process; how many this one has of them. */
    readonly command: (id: string, command: CircuitCommand) => number;
    readonly ofAll: () => Promise<GroupCircuits>;
    /** Attempts under way in all processes, by names of providers and regions. */
    readonly inFlight: (names: readonly string[]) => Promise<readonly number[]>;
  };
  readonly sessions: AdminSessions;
  readonly signIns: SignInRate;
  /** Null: admin keys alone open the console. */
  readonly singleSignOn: SingleSignOn | null;
  readonly live: LiveFeed;
  /** Where clients reach the models. */
  readonly apiUrl: () => string;
  /** The catalogue of now. */
  readonly catalog: () => Pick<Catalog, "names" | "targets" | "peek" | "wildcards" | "splits">;
  /** By the prices of now. */
  readonly costs: CostCalculator;
  readonly budgets: Pick<Budgets, "booksOf">;
  /** What was told of budgets. */
  readonly alerts: ReadAlerts;
  /** What is in force of splits, and what their arms came to. */
  readonly splits: Pick<Splits, "stateOf" | "change" | "latest">;
  readonly arms: Pick<ArmBooks, "figures" | "counts">;
  readonly feedback: Pick<FeedbackStore, "ofArms" | "ofCalls">;
  readonly explainer: Pick<Explainer, "explain">;
  readonly usage: (query: UsageQuery) => UsageReport;
  /** Single calls. */
  readonly ledger: {
    readonly calls: (query: LedgerQuery) => AsyncIterable<readonly LedgerCall[]>;
    /** By the body of its id, also under way; null where there is none. */
    readonly find: (id: string) => Promise<FoundCall | null>;
    /** Read as long as somebody wants it. */
    readonly bySource: (query: SourceQuery, isWanted: () => boolean) => Promise<SourceReport>;
    /** Has it ever had a call? */
    readonly hasTenant: (tenant: string) => boolean;
    /** Takes names out, also out of the books of budgets. */
    readonly erase: (erasure: Erasure) => Promise<Erased>;
    /** What can be verified at once, and the chain of seals over it. */
    readonly parts: () => readonly string[];
    readonly verifySeals: () => readonly ChainFindings[];
    /** Null when there is no such part. */
    readonly verifyPart: (part: string) => Promise<CallFindings | null>;
  };
  readonly exports: ExportGate;
  /** Answers that are given again. */
  readonly cache: {
    readonly held: () => StoreSize;
    /** Null where nothing is kept on disk, or it cannot be asked. */
    readonly kept: () => StoreSize | null;
    readonly given: (asked: GivenQuery) => readonly GivenFigures[];
    /** Would a purge take any? */
    readonly holds: (which: PurgeSelector) => boolean;
    /** Resolves with how many are given to nobody any more. Rejects. */
    readonly purge: (which: PurgeSelector) => Promise<number>;
  };
  /** Which names of requests stand for which calls. */
  readonly idempotency: Pick<OnceCalls["claims"], "list" | "find" | "forget">;
  /** Every change has its row before it is answered (SEC-11). */
  readonly audit: AuditTrail;
  readonly auditLog: Pick<AuditStore, "list" | "verify">;
  /** Reports an error that the client is told nothing about. */
  readonly failed: (error: unknown, requestId: string) => void;
}
