import type { AnswerCache } from "@sekisho/gateway/cache/answer-cache.ts";
import { queryGiven } from "@sekisho/gateway/ledger/given-query.ts";
import type { Reader } from "@sekisho/lib/storage/reader.ts";
import type { GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import { IdSource } from "@sekisho/lib/ids/id-source.ts";
import type { OnceCalls } from "@sekisho/gateway/calls/once-calls.ts";
import type { EmbeddingHead } from "@sekisho/gateway/request.ts";
import type { Streams } from "@sekisho/gateway/responses/streams.ts";
import type { Metrics } from "@sekisho/lib/telemetry/metrics.ts";
import type { Config } from "../../config/schema.ts";
import type { AdminContext } from "../../edge/admin/admin-context.ts";
import { AdminApi } from "../../edge/admin/admin-api.ts";
import { modelBodyBytesLimit } from "../../edge/exchanges/arrival.ts";
import { LiveFeed } from "../../edge/admin/live-view/live-feed.ts";
import { AdminSessions } from "../../edge/admin/signing-in/sessions.ts";
import { SignInRate } from "../../edge/admin/signing-in/sign-in-rate.ts";
import type { SingleSignOn } from "../../edge/admin/signing-in/single-sign-on.ts";
import { introduced } from "../../edge/request-heads/introduced.ts";
import { CrossOrigin } from "../../edge/cross-origin.ts";
import { ConsolePages } from "../../edge/console/pages.ts";
import { StreamSessions } from "../../edge/v1/stream.ts";
import { ModelList } from "../../edge/v1/models.ts";
import type { RunTimeConfig } from "../../settings/run-time-config.ts";
import { alertsIn } from "../storage/budget-alerts.ts";
import { openAudit } from "../storage/audit.ts";
import { chatRoutes } from "./chat.ts";
import type { SimulatedFailures } from "../providers/simulated-failures.ts";
import { builtConsole, readPages } from "./console-pages.ts";
import type { Drain } from "../process/drain.ts";
import type { EdgeParts } from "./edge.ts";
import type { Gateway } from "../gateway/gateway.ts";
import { groupView, type GroupView } from "../group/group-view.ts";
import { healthSources } from "./health-sources.ts";
import type { Identity } from "../identity/identity.ts";
import { feedbackOf } from "../storage/feedback.ts";
import { ledgerBooks } from "./ledger-books.ts";
import { openListeners, type Listeners } from "./listeners.ts";
import { liveSources } from "./live-sources.ts";
import type { ProcessPorts } from "../process/process-ports.ts";
import type { Peers } from "../../processes/peers.ts";
import type { SharedWatch } from "../group/shared-watch.ts";
import { sessionSharing, sharedMetrics, shareSessions, shareSignIns } from "../group/spread.ts";
import type { Storage } from "../storage/storage.ts";
import type { WorkerParts } from "../group/worker-parts.ts";

/** What the edge is made of. */
export type EdgeSources = Pick<ProcessPorts, "clock" | "random" | "log"> & {
  readonly storage: Storage;
  readonly identity: Identity;
  readonly config: RunTimeConfig;
  readonly gateway: Gateway;
  readonly streams: Streams;
  readonly onceCalls: OnceCalls;
  readonly onceVectors: OnceCalls<EmbeddingHead>;
  readonly metrics: Metrics;
  readonly drain: Drain;
  readonly failures: SimulatedFailures | null;
  readonly worker?: WorkerParts;
  readonly shared: SharedWatch | null;
};

interface OperatorPages {
  readonly group: GroupView;
  readonly live: LiveFeed;
  readonly console: ConsolePages | null;
  readonly apiUrl: () => string;
  readonly singleSignOn: SingleSignOn | null;
}

/** What every way in for models works with. */
function modelPorts(sources: EdgeSources, ids: IdSource) {
  const { clock, log, gateway, drain, streams, onceCalls, onceVectors, config } = sources;
  const { pipeline, tokenCounts, embeddings, wheel, refused } = gateway;
  const { flushMs, heartbeatMs } = config.config.streams;
  return {
    pipeline,
    tokenCounts,
    embeddings,
    makesVectors: (name: string) => gateway.catalog().makesVectors(name),
    ids,
    clock,
    wheel,
    log,
    refused,
    streams,
    onceCalls,
    onceVectors,
    flushMs,
    heartbeatMs,
    bodyBytesLimit: modelBodyBytesLimit,
    isDraining: drain.isOn,
    moderationModel: () => config.config.moderations.model,
  };
}

function sessionsOf(
  { identity, config, metrics }: EdgeSources,
  model: ReturnType<typeof modelPorts>,
): StreamSessions {
  const flushMs = config.config.streams.socketFlushMs;
  const sessions = new StreamSessions({ ...model, keyring: identity.keyring, flushMs });
  const open = { name: "sekisho_sessions_open", help: "Sessions over WebSocket" };
  metrics.observedGauge(open, () => sessions.open);
  return sessions;
}

function edgeParts(parts: EdgeSources, pages: OperatorPages): EdgeParts {
  const { clock, random, log, identity, gateway, metrics } = parts;
  const { keyring } = identity;
  const ids = new IdSource(clock, random);
  const running = { name: "sekisho_responses_running", help: "Responses under way" };
  metrics.observedGauge(running, () => gateway.responses.running);
  const model = modelPorts(parts, ids);
  const audit = openAudit(parts);
  const peers = parts.worker?.link ?? null;
  const books = ledgerBooks(parts);
  return {
    introduce: (head) => introduced(head, keyring),
    crossOrigin: new CrossOrigin(keyring.origins),
    ids,
    log,
    metrics: peers === null ? metrics : sharedMetrics(metrics, peers),
    model,
    streams: { ...model, keyring },
    sessions: sessionsOf(parts, model),
    chat: chatRoutes({ ...parts, model, keyring, audit, config: () => parts.config.config }),
    models: new ModelList({
      ...model,
      keyring,
      catalog: gateway.catalog,
      startedMs: clock.wallMs(),
    }),
    health: healthSources(parts, clock, peers === null ? undefined : () => peers.workers),
    budget: { keyring, rates: gateway.rates, budgets: gateway.budgets, ids, log },
    feedback: {
      keyring,
      rates: gateway.rates,
      ids,
      log,
      feedback: feedbackOf(parts.storage, clock),
    },
    usage: { keyring, rates: gateway.rates, usage: books.usage, clock, ids, log },
    console: pages.console,
    admin: adminOf(parts, pages, { ids, audit, books }),
  };
}

interface AdminBooks {
  readonly ids: IdSource;
  readonly audit: ReturnType<typeof openAudit>;
  readonly books: ReturnType<typeof ledgerBooks>;
}

function adminOf(parts: EdgeSources, pages: OperatorPages, own: AdminBooks): AdminApi {
  const { clock, log, storage, identity, gateway, shared } = parts;
  const peers = parts.worker?.link ?? null;
  const { ids, audit, books } = own;
  const { keyring, keys, firstRun } = identity;
  return new AdminApi({
    keyring,
    keys,
    firstRun,
    clock,
    ids,
    config: parts.config,
    writer: storage.writer,
    ...(shared === null ? {} : { catchUp: () => shared.look() }),
    circuits: pages.group.circuits,
    catalog: gateway.catalog,
    explainer: gateway.explainer,
    splits: gateway.splits,
    arms: gateway.arms,
    feedback: feedbackOf(storage, clock).store,
    budgets: gateway.budgets,
    alerts: alertsIn(storage),
    costs: gateway.costs,
    ...doorsOf(parts, peers),
    singleSignOn: pages.singleSignOn,
    live: pages.live,
    apiUrl: pages.apiUrl,
    ...books,
    cache: keptAnswers(gateway.cache, storage.reader),
    idempotency: parts.onceCalls.claims,
    audit,
    auditLog: audit.store,
    failed: (error, requestId) => log.error("an admin request failed", { error, requestId }),
  });
}

const keptAnswers = (cache: AnswerCache, reader: Reader): AdminContext["cache"] => ({
  held: () => cache.held,
  kept: () => cache.kept,
  given: (asked) => queryGiven(reader, asked),
  holds: (which) => cache.holds(which),
  purge: (which) => cache.purge(which),
});

/** Who is signed in, and who has tried in vain. */
function doorsOf(
  { clock, random, identity: { keyring } }: Pick<EdgeSources, "clock" | "random" | "identity">,
  peers: Peers | null,
): { readonly sessions: AdminSessions; readonly signIns: SignInRate } {
  if (peers === null) {
    return {
      sessions: new AdminSessions({ keyring, clock, random }),
      signIns: new SignInRate(clock),
    };
  }
  const sharing = sessionSharing(peers);
  const sessions = new AdminSessions({ keyring, clock, random, sharing });
  const signIns = new SignInRate(clock, (address) => peers.publish("sign-in.failed", address));
  shareSessions(sessions, peers);
  shareSignIns(signIns, peers);
  return { sessions, signIns };
}

/** Without pages the server serves all the same, and says so. */
const consoleOf = ({ features }: Config, log: GatewayLog): ConsolePages | null => {
  if (!features.console) return null;
  const pages = readPages(builtConsole);
  if (pages === null) log.warn("no console", { reason: "it is not built; `npm start` builds it" });
  return pages === null ? null : new ConsolePages(pages);
};

/** The listeners, open, and what they serve beside models. */
export interface Edge extends Listeners {
  readonly hasConsole: boolean;
}

/** As with issuers: what it takes is loaded where somebody signs in so. */
async function signOnIn(sources: EdgeSources, ending: AbortSignal): Promise<SingleSignOn | null> {
  const { config } = sources.config;
  if ((config.admin.oidc?.signIn ?? null) === null) return null;
  const { singleSignOnOf } = await import("../identity/single-sign-on.ts");
  const { signInSeal: seal } = sources.identity;
  return singleSignOnOf(config, { ...sources, seal, ending, peers: sources.worker?.link ?? null });
}

/** Opens everything that clients and operators reach over HTTP. */
export async function openEdge(sources: EdgeSources): Promise<Edge> {
  const { storage, gateway, clock, log } = sources;
  const { config } = sources.config;
  await using stack = new AsyncDisposableStack();
  const group = groupView({ gateway, clock, worker: sources.worker });
  const live = new LiveFeed(liveSources(group.gather, gateway, { ...storage, clock }));
  stack.defer(() => live.close());
  sources.metrics.observedGauge(
    { name: "sekisho_live_views", help: "Pages of the console that are open" },
    () => live.readers,
  );
  const console = consoleOf(config, log);
  let apiUrl = "";
  const ending = new AbortController();
  stack.defer(() => ending.abort());
  const singleSignOn = await signOnIn(sources, ending.signal);
  const parts = edgeParts(sources, { group, live, console, singleSignOn, apiUrl: () => apiUrl });
  const shared = sources.worker?.start ?? null;
  const listeners = stack.use(await openListeners(parts, config.listen, { clock, shared }));
  apiUrl = listeners.addresses.api;
  const resources = stack.move();
  return {
    addresses: listeners.addresses,
    ports: listeners.ports,
    hasConsole: console !== null,
    drain() {
      // Neither of them has an end of its own.
      live.close();
      parts.sessions?.drain();
      return listeners.drain();
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
