import type { OnceCalls } from "@sekisho/gateway/calls/once-calls.ts";
import { keyChanges, loadKeys } from "@sekisho/gateway/identity/store/sqlite.ts";
import type { GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import type { EmbeddingHead } from "@sekisho/gateway/request.ts";
import type { Streams } from "@sekisho/gateway/responses/streams.ts";
import { TcpDialer } from "@sekisho/lib/http/upstream/tcp-dialer.ts";
import type { Random } from "@sekisho/lib/random/random.ts";
import type { LogLevel } from "@sekisho/lib/telemetry/log-line.ts";
import { Metrics } from "@sekisho/lib/telemetry/metrics.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { ConfigSource } from "../config/trees/config-source.ts";
import type { Outcome } from "../config/problem.ts";
import type { LoadedConfig } from "../config/loading/resolve-config.ts";
import type { Config } from "../config/schema.ts";
import { unservedKeys } from "../config/unserved-keys.ts";
import type { SecretSources } from "../config/loading/secret-reference.ts";
import { loadSettings, sharedSettings, sqliteSettingsStore } from "../settings/store/sqlite.ts";
import { RunTimeConfig } from "../settings/run-time-config.ts";
import { AwsCredentialChain } from "./providers/aws-credential-chain.ts";
import { loadBalancers } from "./routing/balancers.ts";
import { BudgetUpkeep } from "./upkeep/budget-upkeep.ts";
import { openDataFolder, type DataFolder } from "./storage/data-folder.ts";
import { LazyCacheFile } from "./storage/cache-file.ts";
import { CacheUpkeep } from "./upkeep/cache-upkeep.ts";
import { Drain } from "./process/drain.ts";
import { egressOf } from "./process/egress.ts";
import type { GatewayPorts } from "./gateway/gateway-parts.ts";
import { feedbackOf } from "./storage/feedback.ts";
import { composeGateway, type Gateway } from "./gateway/gateway.ts";
import {
  configuredKeys,
  openIdentity,
  tenantAddresses,
  type Identity,
} from "./identity/identity.ts";
import type { IssuerPorts } from "./identity/issuers.ts";
import { KeyUpkeep } from "./upkeep/key-upkeep.ts";
import { LedgerUpkeep } from "./upkeep/ledger-upkeep.ts";
import { LoadWatch } from "./process/load-watch.ts";
import { loadPackages } from "./providers/packages.ts";
import { RateSpread } from "./group/rate-spread.ts";
import { SharedWatch } from "./group/shared-watch.ts";
import { simulatorOf } from "./providers/simulator-of.ts";
import { SimulatedFailures } from "./providers/simulated-failures.ts";
import { shareSummaries, summarySharing } from "./group/spread.ts";
import { watchSplits } from "./gateway/splits.ts";
import { openAudit } from "./storage/audit.ts";
import { openOnceCalls } from "./gateway/once-calls.ts";
import { openStreams } from "./streams/streams.ts";
import { openStorage, type Storage } from "./storage/storage.ts";
import { UpstreamPools } from "./providers/upstream-pools.ts";
import { heldFolder, ownFolder, type WorkerParts } from "./group/worker-parts.ts";

export interface CoreOptions {
  /** Reads file, environment and flags again. */
  readonly load: () => Outcome<LoadedConfig>;
  readonly loaded: LoadedConfig;
  readonly secrets: SecretSources;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: GatewayLog;
  readonly logLevel: { current: LogLevel };
  readonly crashAt: number | null;
  /** Where this process is one of several on the folder. Default: it has it for itself. */
  readonly worker?: WorkerParts;
}

/** A gateway on a data folder, without a way in: what the server and the library have in common. */
export interface Core extends AsyncDisposable {
  readonly folder: DataFolder;
  readonly storage: Storage;
  readonly identity: Identity;
  readonly config: RunTimeConfig;
  readonly gateway: Gateway;
  readonly streams: Streams;
  readonly onceCalls: OnceCalls;
  readonly onceVectors: OnceCalls<EmbeddingHead>;
  readonly metrics: Metrics;
  /** Null where nobody else changes the file. */
  readonly shared: SharedWatch | null;
  readonly drain: Drain;
  /** Null where no simulator runs in this process. */
  readonly failures: SimulatedFailures | null;
}

/** Opens storage, keys, simulator and gateway, in this order; disposes in the other. */
export async function openCore(options: CoreOptions): Promise<Core> {
  const { clock, random, log, crashAt } = options;
  await using stack = new AsyncDisposableStack();
  const started = options.loaded.config;
  const ending = new AbortController();
  stack.defer(() => ending.abort());
  const { worker } = options;
  const folder = stack.use(folderOf(started.data, worker));
  const path = folder.file("sekisho.db");
  const role = worker === undefined ? "alone" : "worker";
  const storage = stack.use(await openStorage({ path, clock, log, role, crashAt }));
  const identity = await openIdentity({ folder, storage, clock, random, log }, started);
  const awsChain = stack.use(new AwsCredentialChain(options));
  let gateway: Gateway | null = null;
  const config = runTimeConfigOf(options, { storage, identity, awsChain, gateway: () => gateway });
  identity.keyring.trust(await issuersIn(config.config, { clock, log, ending: ending.signal }));
  const simulator = worker === undefined ? await simulatorOf(config.config, options) : null;
  if (simulator !== null) stack.defer(() => simulator.close());
  const pools = stack.use(new UpstreamPools(clock));
  await awsChain.serve(config.config);
  const metrics = new Metrics();
  const cacheFile = stack.use(new LazyCacheFile({ path: folder.file("cache.db"), clock, log }));
  gateway = await composeGateway(
    {
      ...options,
      ...storage,
      cacheFile,
      upstreamFor: pools.of,
      simulatorUrl: simulator?.url ?? worker?.start.simulatorUrl ?? null,
      awsChain,
      egress: egressOf(config.config, clock),
      dialer: new TcpDialer(clock),
      keyring: identity.keyring,
      sealOf: identity.sealOf,
      metrics,
      balancers: await loadBalancers(config.config, config.source, options),
      packages: await loadPackages(config.config, config.source, clock),
      ...(worker === undefined ? {} : sharedPorts(worker, storage)),
    },
    config.config,
  );
  const opened = { ...options, storage, identity, config, gateway, pools };
  const shared = worker === undefined ? null : joinOthers(stack, { ...opened, worker });
  const own = worker === undefined ? folder : ownFolder(folder, worker);
  const places = { folder: own, dataFolder: folder.path, storage, processes: started.processes };
  const { streams } = stack.use(
    await openStreams({ ...options, ...places, metrics, wheel: gateway.wheel }, started.streams),
  );
  const once = { ...options, ...storage, metrics, gateway, streams, config };
  const { onceCalls, onceVectors } = stack.use(openOnceCalls(once));
  keepUp(stack, { ...opened, streams, onceCalls });
  const failures =
    simulator === null ? null : new SimulatedFailures(simulator, () => config.config.providers);
  const resources = stack.move();
  return {
    folder,
    storage,
    identity,
    config,
    gateway,
    streams,
    onceCalls,
    onceVectors,
    metrics,
    shared,
    drain: new Drain(gateway.responses, clock),
    failures,
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}

const folderOf = (asked: string, worker: WorkerParts | undefined): DataFolder =>
  worker === undefined ? openDataFolder(asked) : heldFolder(worker.start.folder);

interface Opened extends Pick<CoreOptions, "clock" | "random" | "log"> {
  readonly storage: Storage;
  readonly identity: Identity;
  readonly config: RunTimeConfig;
  readonly gateway: Gateway;
  readonly pools: UpstreamPools;
}

/** One of several processes hears of the others' changes and deaths, and leaves them at its end. */
function joinOthers(
  stack: AsyncDisposableStack,
  opened: Opened & { readonly worker: WorkerParts },
): SharedWatch {
  const { gateway, worker } = opened;
  const { group } = gateway;
  shareSummaries(gateway.summaries, worker.link);
  stack.use(new RateSpread(opened.clock, gateway.rates.shares(), worker));
  if (group !== null) stack.defer(() => group.leave());
  // What cannot be closed now is found by whoever looks next.
  worker.link.onDeath((member) => void group?.membership.died(member).catch(() => {}));
  return stack.use(shareState({ ...opened, ...opened.storage }));
}

/** What goes on beside the calls. */
function keepUp(
  stack: AsyncDisposableStack,
  opened: Opened & Pick<Core, "streams" | "onceCalls">,
): void {
  const { clock, log, storage, identity, config, gateway, pools, streams, onceCalls } = opened;
  const { probes, group, cache } = gateway;
  stack.defer(() => probes.stop());
  const queueAgesMs = [pools.oldestWaitMs, () => storage.writer.oldestWaitMs];
  stack.use(new LoadWatch({ clock, gate: gateway.load, queueAgesMs }));
  // Of several processes one keeps the file.
  const leads = (): boolean => group?.membership.leads ?? true;
  const { claims } = onceCalls;
  const keepDays = (): number | null => config.config.ledger.keepDays;
  const member = group?.membership ?? null;
  const erased = { streams, claims, cache };
  stack.use(new LedgerUpkeep({ ...storage, ...erased, clock, log, keepDays, member }));
  const { writer } = storage;
  stack.use(new BudgetUpkeep({ ...gateway, clock, writer, leads }));
  stack.use(new CacheUpkeep({ clock, cache, leads }));
  stack.use(new KeyUpkeep({ clock, ...identity, writer }));
  const audit = openAudit({ clock, log, storage });
  const feedback = feedbackOf(storage, clock).store;
  stack.use(watchSplits({ ...opened, writer, audit, feedback, leads }));
}

/** The supervisor is told under which name it loses a worker. */
const sharedPorts = (
  { link }: WorkerParts,
  { writer }: Storage,
): Pick<GatewayPorts, "shared" | "tellSummary"> => ({
  shared: { named: (id) => link.isMember(id), logs: writer },
  tellSummary: summarySharing(link),
});

/** What other processes change in keys and settings is in force here within a second. */
function shareState({
  clock,
  log,
  reader,
  identity,
  config,
  gateway,
}: Pick<CoreOptions, "clock" | "log"> &
  Pick<Core, "identity" | "config" | "gateway"> &
  Pick<Storage, "reader">): SharedWatch {
  const demo = !config.config.listen.public;
  let seen = -1;
  const keys = (): void => {
    const count = keyChanges(reader);
    if (count === seen) return;
    seen = count;
    identity.keyring.refresh(loadKeys(reader), { demo });
  };
  const looks = [keys, () => config.refresh(), () => gateway.splits.refresh()];
  return new SharedWatch({ clock, log, looks });
}

/** The configuration as it is in force: what was set at run time wins over the file. */
function runTimeConfigOf(
  options: CoreOptions,
  {
    storage,
    ...parts
  }: Pick<ChangedParts, "identity" | "awsChain" | "gateway"> & {
    readonly storage: Storage;
  },
): RunTimeConfig {
  const { logLevel, clock, load, secrets } = options;
  const config = new RunTimeConfig(
    {
      load,
      secrets,
      store: sqliteSettingsStore,
      writer: storage.writer,
      clock,
      ...(options.worker === undefined ? {} : { shared: sharedSettings(storage.reader) }),
      prepare: (next, source) => prepareChange(next, source, { ...options, ...parts }),
      warned: (warnings, { models }) => {
        const told = warnings.map(({ sentence }) => sentence);
        told.push(...unservedKeys(models, parts.identity.keyring.records()));
        for (const reason of told) options.log.warn("configuration", { reason });
      },
    },
    options.loaded,
    loadSettings(storage.reader),
  );
  // What was set at run time may have changed the keys that the file names.
  const { keyring } = parts.identity;
  logLevel.current = config.config.log.level;
  keyring.serve(tenantAddresses(config.config));
  keyring.configure(configuredKeys(config.config));
  return config;
}

interface ChangedParts {
  readonly clock: Clock;
  readonly log: GatewayLog;
  readonly logLevel: { current: LogLevel };
  readonly identity: Identity;
  readonly awsChain: AwsCredentialChain;
  readonly gateway: () => Gateway | null;
}

/** Checks what only the parts can check; what it returns must not fail. */
async function prepareChange(
  next: Config,
  source: ConfigSource,
  parts: ChangedParts,
): Promise<() => void> {
  const { keyring } = parts.identity;
  const balancers = await loadBalancers(next, source, parts);
  const packages = await loadPackages(next, source, parts.clock);
  const enact = parts.gateway()?.prepare(next, balancers, packages);
  // Also the check: it throws before anything has changed.
  const configure = keyring.prepare(configuredKeys(next));
  return () => {
    parts.logLevel.current = next.log.level;
    keyring.serve(tenantAddresses(next));
    configure();
    enact?.();
    void parts.awsChain.serve(next);
  };
}

/** The library that proves their tokens takes 30 ms to load: for those alone who have some. */
async function issuersIn(config: Config, ports: IssuerPorts) {
  if (config.admin.oidc === null && Object.keys(config.issuers).length === 0) return [];
  const { issuersOf } = await import("./identity/issuers.ts");
  return issuersOf(config, ports);
}
