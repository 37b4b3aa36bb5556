import { Budgets } from "@sekisho/gateway/budget/budgets.ts";
import { Slices } from "@sekisho/gateway/budget/slices.ts";
import type { CacheFile } from "@sekisho/gateway/cache/store/sqlite.ts";
import { RetryBudgets } from "@sekisho/gateway/dispatch/retry-budgets.ts";
import type { TellSummary } from "@sekisho/gateway/history/summaries.ts";
import type { Keyring } from "@sekisho/gateway/identity/keyring.ts";
import type { Ledger } from "@sekisho/gateway/ledger/ledger.ts";
import { SqliteLedger } from "@sekisho/gateway/ledger/store/sqlite.ts";
import { Rates } from "@sekisho/gateway/limits/rates.ts";
import type { GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import type { Provider } from "@sekisho/gateway/provider.ts";
import { Membership } from "@sekisho/gateway/replicas/membership.ts";
import { HealthTree } from "@sekisho/gateway/route/health-tree.ts";
import type { ArmBooks } from "@sekisho/gateway/splits/arm-books.ts";
import { Splits } from "@sekisho/gateway/splits/splits.ts";
import { SqliteArmBooks } from "@sekisho/gateway/splits/store/sqlite-arm-books.ts";
import type { Dialer } from "@sekisho/lib/http/dialer.ts";
import type { Egress } from "@sekisho/lib/http/egress.ts";
import type { Random } from "@sekisho/lib/random/random.ts";
import { WindowedBreaker } from "@sekisho/lib/resilience/windowed-breaker.ts";
import type { AheadLogs } from "@sekisho/lib/storage/ahead/ahead-log.ts";
import type { Reader } from "@sekisho/lib/storage/reader.ts";
import type { Writer } from "@sekisho/lib/storage/writer.ts";
import type { Metrics } from "@sekisho/lib/telemetry/metrics.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { SdkFactories } from "../../config/modules/sdk-packages.ts";
import type { Balancers } from "../routing/balancers.ts";
import type { ProviderPorts } from "../providers/providers.ts";
import type { RoutingMakers } from "../routing/routing.ts";

/** What a gateway needs of the world: real adapters, or those of the simulation. */
export interface GatewayPorts {
  readonly clock: Clock;
  readonly random: Random;
  readonly writer: Writer;
  readonly reader: Reader;
  readonly upstreamFor: ProviderPorts["upstreamFor"];
  readonly simulatorUrl: ProviderPorts["simulatorUrl"];
  readonly awsChain: ProviderPorts["awsChain"];
  readonly sealOf: ProviderPorts["sealOf"];
  readonly egress: Egress;
  /** What probes of connections ask. */
  readonly dialer: Dialer;
  readonly keyring: Keyring;
  readonly log: GatewayLog;
  readonly metrics: Metrics;
  /** Where other processes spend from the same books. Default: this one has them for itself. */
  readonly shared?: SharedBooks;
  /** Where other processes are told of summaries. */
  readonly tellSummary?: TellSummary;
  /** Where kept answers outlive the process; absent: nowhere. */
  readonly cacheFile?: CacheFile;
  /** Of the first configuration; none unless it names modules. */
  readonly balancers?: Balancers;
  /** The same of packages of the AI SDK. */
  readonly packages?: SdkFactories;
}

/** What a process does that shares the books. */
export interface SharedBooks {
  /** Told under which name it stands in the books, from now on. */
  named(id: string): void;
  /** Where its intents are durable before the database has them, and those of the others. */
  readonly logs: AheadLogs;
}

/** Makes the parts that keep a gateway's promises: the simulation watches or breaks them. */
export interface PartMakers extends RoutingMakers {
  budgets(...parts: ConstructorParameters<typeof Budgets>): Budgets;
  rates(...parts: ConstructorParameters<typeof Rates>): Rates;
  ledger(...parts: ConstructorParameters<typeof SqliteLedger>): Ledger;
  slices(...parts: ConstructorParameters<typeof Slices>): Slices;
  arms(...parts: ConstructorParameters<typeof SqliteArmBooks>): ArmBooks;
  splits(...parts: ConstructorParameters<typeof Splits>): Splits;
  membership(...parts: Parameters<typeof Membership.join>): Promise<Membership>;
  /** Who makes an attempt: the configured provider, or something around it. */
  provider(provider: Provider): Provider;
}

export const standardParts: PartMakers = {
  budgets: (...parts) => new Budgets(...parts),
  rates: (...parts) => new Rates(...parts),
  ledger: (...parts) => new SqliteLedger(...parts),
  slices: (...parts) => new Slices(...parts),
  arms: (...parts) => new SqliteArmBooks(...parts),
  splits: (...parts) => new Splits(...parts),
  membership: (...parts) => Membership.join(...parts),
  breaker: (policy, random) =>
    new WindowedBreaker({ ...policy, quietCallsPerSecond, probeMs: policy.openMs }, random),
  health: (parts) => new HealthTree(parts),
  retries: (limits) => new RetryBudgets(limits),
  provider: (provider) => provider,
};

/** A target that is called less often is judged by failures in a row (RTE-13). */
const quietCallsPerSecond = 2;
