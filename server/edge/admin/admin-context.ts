import type { Budgets } from "@sekisho/gateway/budget/budgets.ts";
import type { Catalog } from "@sekisho/gateway/catalog/catalog.ts";
import type { CostCalculator } from "@sekisho/gateway/cost-calculator.ts";
import type { Explainer } from "@sekisho/gateway/explainer.ts";
import type { FirstRun } from "@sekisho/gateway/identity/first-run.ts";
import type { Keyring } from "@sekisho/gateway/identity/keyring.ts";
import type { Keys } from "@sekisho/gateway/identity/keys.ts";
import type { CircuitChanges } from "@sekisho/gateway/observe/circuit-changes.ts";
import type { HealthTree } from "@sekisho/gateway/route/health-tree.ts";
import type { CircuitCommand } from "@sekisho/wire/admin/circuits.ts";
import type { UsageQuery, UsageReport } from "@sekisho/gateway/ledger/usage-query.ts";
import type { IdSource } from "@sekisho/lib/ids/id-source.ts";
import type { Writer } from "@sekisho/lib/storage/writer.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { RunTimeConfig } from "../../settings/run-time-config.ts";
import type { LiveFeed } from "./live-feed.ts";
import type { AdminSessions } from "./sessions.ts";
import type { SignInRate } from "./sign-in-rate.ts";

/** One change that an administrator made: who did what to which object. */
export interface AuditEntry {
  readonly event:
    | "admin.key.created"
    | "admin.key.rotated"
    | "admin.key.revoked"
    | "admin.config.set"
    | "admin.config.unset"
    | "admin.config.reloaded"
    | "admin.place.drained"
    | "admin.place.undrained"
    | `admin.circuit.${CircuitCommand}`
    | "admin.session.opened"
    | "admin.session.closed"
    | "test.failures.enabled"
    | "test.failures.disabled";
  /**
   * The id of a key or circuit, a region or provider, a path of the configuration, or what was
   * made to fail; never a value.
   */
  readonly object: string;
  /** The id of the admin key, or `loopback` where callers on this machine need none. */
  readonly by: string;
  readonly requestId: string;
}

/** What the admin API works with. */
export interface AdminContext {
  readonly keyring: Keyring;
  readonly keys: Keys;
  readonly firstRun: FirstRun;
  readonly config: RunTimeConfig;
  readonly writer: Writer;
  readonly clock: Clock;
  readonly ids: IdSource;
  readonly circuits: {
    readonly health: Pick<HealthTree, "circuits" | "command" | "inFlight">;
    readonly changes: Pick<CircuitChanges, "latest">;
  };
  readonly sessions: AdminSessions;
  readonly signIns: SignInRate;
  readonly live: LiveFeed;
  /** Where clients reach the models. */
  readonly apiUrl: () => string;
  /** The catalogue of now. */
  readonly catalog: () => Pick<Catalog, "names" | "targets" | "peek" | "wildcards">;
  /** By the prices of now. */
  readonly costs: CostCalculator;
  readonly budgets: Pick<Budgets, "booksOf">;
  readonly explainer: Pick<Explainer, "explain">;
  readonly usage: (query: UsageQuery) => UsageReport;
  /** Writes the audit line of a change that is durable and live. */
  readonly audit: (entry: AuditEntry) => void;
  /** Reports an error that the client is told nothing about. */
  readonly failed: (error: unknown, requestId: string) => void;
}
