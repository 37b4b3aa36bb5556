import {
  Admission,
  type AdmissionParts,
  type CallSettings,
} from "@sekisho/gateway/admission/admission.ts";
import { Attachments } from "@sekisho/gateway/attachments/attachments.ts";
import type { AnswerCache } from "@sekisho/gateway/cache/answer-cache.ts";
import type { AlertBook } from "@sekisho/gateway/budget/alert-book.ts";
import type { Budgets } from "@sekisho/gateway/budget/budgets.ts";
import type { Catalog } from "@sekisho/gateway/catalog/catalog.ts";
import type { CostCalculator } from "@sekisho/gateway/costing/cost-calculator.ts";
import { CalibratedEstimates } from "@sekisho/gateway/usage/calibrated-estimates.ts";
import { tokenizerFamily } from "@sekisho/gateway/catalog/tokenizer-family.ts";
import { exposeEstimates } from "@sekisho/gateway/observe/estimate-figures.ts";
import { Embeddings } from "@sekisho/gateway/embedding/embeddings.ts";
import { Explainer } from "@sekisho/gateway/explain/explainer.ts";
import { KnownRequests } from "@sekisho/gateway/cache/known-requests.ts";
import type { RatesOf } from "@sekisho/gateway/limits/rate-limit.ts";
import { LoadGate } from "@sekisho/gateway/limits/load-gate.ts";
import type { Rates } from "@sekisho/gateway/limits/rates.ts";
import { CallFinished } from "@sekisho/gateway/observe/call-finished.ts";
import type { CircuitChanges } from "@sekisho/gateway/observe/circuit-changes.ts";
import { LoadShed } from "@sekisho/gateway/observe/load-shed.ts";
import { PackageFaults } from "@sekisho/gateway/observe/package-faults.ts";
import { ProcessTotals } from "@sekisho/gateway/observe/process-totals.ts";
import { RecentCalls } from "@sekisho/gateway/observe/recent-calls.ts";
import { RequestRefused } from "@sekisho/gateway/observe/request-refused.ts";
import { ServedCalls } from "@sekisho/gateway/observe/served-calls.ts";
import { chatEstimate } from "@sekisho/gateway/admission/means.ts";
import { Pipeline } from "@sekisho/gateway/pipeline.ts";
import { TokensCounted } from "@sekisho/gateway/observe/tokens-counted.ts";
import { RememberedOrigins } from "@sekisho/gateway/reasoning/remembered-origins.ts";
import { Responses } from "@sekisho/gateway/responses/responses.ts";
import type { HealthTree } from "@sekisho/gateway/route/health-tree.ts";
import { Lots } from "@sekisho/gateway/route/lots.ts";
import type { ArmBooks } from "@sekisho/gateway/splits/arm-books.ts";
import type { Splits } from "@sekisho/gateway/splits/splits.ts";
import type { ProbedProvider, Probes } from "@sekisho/gateway/probing/probes.ts";
import type { Provider } from "@sekisho/gateway/provider.ts";
import { TokenCounts } from "@sekisho/gateway/token-counts/token-counts.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { BodyMemory } from "@sekisho/lib/http/exchange/body-memory.ts";
import { TimerWheel } from "@sekisho/lib/time/timer-wheel.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { hostOriginMs } from "@sekisho/lib/time/host-origin.ts";
import type { Config } from "../../config/schema.ts";
import type { SdkFactories } from "../../config/modules/sdk-packages.ts";
import { composeCache } from "./cache.ts";
import { noBalancers, type Balancers } from "../routing/balancers.ts";
import { openBooks, type Group } from "./books.ts";
import { standardParts, type GatewayPorts, type PartMakers } from "./gateway-parts.ts";
import { catalogOf } from "../routing/catalog.ts";
import { noPackages } from "../providers/packages.ts";
import { calculatorOf } from "../routing/prices.ts";
import { refuseLostPrices } from "../routing/lost-prices.ts";
import type { Summaries } from "@sekisho/gateway/history/summaries.ts";
import { composeHistory, withoutRequestLimits } from "./history.ts";
import { composeLogMemory } from "../process/log-memory.ts";
import { composeProbes, probedProviders } from "../routing/probes.ts";
import { providersOf, type ProviderPorts } from "../providers/providers.ts";
import { composeRouting } from "../routing/routing.ts";
import { composeSplits } from "./splits.ts";
import { limitsOf, ratesOf } from "../identity/tenants.ts";

/** The parts of a running gateway that others talk to. */
export interface Gateway {
  readonly pipeline: Pipeline;
  /** Answers that are given again. */
  readonly cache: AnswerCache;
  readonly tokenCounts: TokenCounts;
  readonly embeddings: Embeddings;
  /** Run from the start on; whoever ends the gateway stops them. */
  readonly probes: Probes;
  readonly explainer: Explainer;
  /** Of what was left out of conversations. */
  readonly summaries: Summaries;
  readonly budgets: Budgets;
  /** What is told of budgets. */
  readonly alerts: AlertBook;
  /** What is in force of splits, and what their arms came to. */
  readonly splits: Splits;
  readonly arms: ArmBooks;
  /** Null where this process has the books for itself; whoever ends the gateway ends it. */
  readonly group: Group | null;
  readonly rates: Rates;
  readonly health: HealthTree;
  /** The latest changes of circuits, oldest first. */
  readonly circuitChanges: CircuitChanges;
  readonly responses: Responses;
  /** Told from outside how loaded the process is; until then it takes every call. */
  readonly load: LoadGate;
  readonly wheel: TimerWheel;
  readonly refused: RequestRefused;
  readonly served: ServedCalls;
  readonly recent: RecentCalls;
  readonly totals: ProcessTotals;
  readonly catalog: () => Catalog;
  readonly providers: () => string[];
  /** By the prices of now: names of the configuration and those of providers. */
  readonly costs: CostCalculator;
  /**
   * Builds what a new configuration asks for and returns what makes it live, between two requests:
   * calls under way keep what they started with. Throws Failure `invalid_value` where its prices
   * lack what those in force have.
   */
  prepare(config: Config, balancers: Balancers, packages?: SdkFactories): () => void;
}

/** More at once than this are refused: each holds some kilobytes. */
const responsesLimit = 50_000;

/** What was fetched for the calls under way, in all of them together. */
const attachmentBytesInMemory = 128 * 1_048_576;

/** What answers with vectors may have, in all of them together. */
const vectorMemory = (): BodyMemory => new BodyMemory(512 * 1_048_576);

/** Signatures of reasoning whose origin is known; under 8 MiB. */
const rememberedProofs = 50_000;

/**
 * Builds the gateway of a configuration on these ports; calls that a crash left open come first.
 */
export async function composeGateway(
  ports: GatewayPorts,
  config: Config,
  make: PartMakers = standardParts,
): Promise<Gateway> {
  const { clock, writer, keyring, log, metrics } = ports;
  const wheel = new TimerWheel(clock);
  const estimates = new CalibratedEstimates();
  exposeEstimates(metrics, estimates);
  const building = { ports: providerPortsOf(ports, wheel), make, estimates };
  const { balancers = noBalancers, packages = noPackages } = ports;
  let current = settingsOf(config, { ...building, balancers, packages });
  const routing = composeRouting(ports, config, make);
  routing.serve(config, current.catalog);
  const { health, quotas, lots, retries, dispatch } = routing;
  const load = new LoadGate(config.shedding, new LoadShed(log, metrics));
  const rates = make.rates(clock, current.ratesOf);
  const { ledger, ...opened } = await openBooks(ports, make, current.limitsOf);
  const { budgets, arms } = opened;
  const splits = composeSplits(ports, () => current.catalog, make);
  const responses = new Responses(responsesLimit, composeLogMemory(metrics, config.processes));
  const settings = (): Settings => current;
  const known = { clock, keyring, rates, settings, budgets, health, quotas, lots, splits };
  const stages = { ...known, ...stagesOf(ports), load, responses };
  const admission = new Admission(stages);
  const countAdmission = new Admission({ ...stages, ...ofCounts(budgets, ports) });
  const joined = { clock, admission, dispatch, responses };
  const { finished, ...observers } = observersOf(ports);
  const books = { rates, budgets, writer, ledger, arms, retries, finished };
  const embeddings = new Embeddings({ ...joined, ...books, memory: vectorMemory() });
  const given = { ...books, clock, responses, embeddings, config: () => current.config };
  const { cache, cached } = composeCache(ports, { ...given, requests: stages.known });
  const { fitted, summaries } = composeHistory({ ...books, ...joined, stages }, ports);
  // Not before the books: the intents of a probe would be closed with those of a crash.
  const probes = composeProbes({ ...ports, ledger, health });
  probes.serve(current.probed);
  return {
    pipeline: new Pipeline({ ...joined, ...books, cached, fitted }),
    cache,
    explainer: new Explainer({ ...known, retries, summaries }),
    summaries,
    probes,
    ...observers,
    embeddings,
    tokenCounts: new TokenCounts({ ...joined, ...observers, rates, admission: countAdmission }),
    ...opened,
    splits,
    rates,
    health,
    circuitChanges: routing.changes,
    responses,
    load,
    wheel,
    catalog: () => current.catalog,
    providers: () => [...current.providers.keys()],
    costs: calculatorOf(clock, settings),
    prepare(config, balancers, packages = noPackages) {
      const next = settingsAfter(current, config, { ...building, balancers, packages });
      return () => {
        current = next;
        routing.serve(config, next.catalog);
        probes.serve(next.probed);
        load.configure(config.shedding);
        rates.configure(next.ratesOf);
        budgets.configure(next.limitsOf);
      };
    },
  };
}

function providerPortsOf(
  { clock, log, upstreamFor, simulatorUrl, awsChain, sealOf }: GatewayPorts,
  wheel: TimerWheel,
): ProviderPorts {
  // Not of a configuration: what is known of signatures outlasts it, and what was told of packages.
  const origins = new RememberedOrigins(rememberedProofs);
  const packageFaults = new PackageFaults(log);
  const own = { clock, wheel, origins, packageFaults };
  return { ...own, upstreamFor, simulatorUrl, awsChain, sealOf };
}

const stagesOf = ({ clock, egress }: GatewayPorts) => ({
  known: new KnownRequests(clock),
  attachments: new Attachments({ egress, memory: new BodyMemory(attachmentBytesInMemory) }),
  inputEstimate: chatEstimate,
});

/** A count costs nothing: it may be of a prompt that no call may have. */
const ofCounts = (
  budgets: Budgets,
  { random }: Pick<GatewayPorts, "random">,
): Pick<AdmissionParts, "budgets" | "inputEstimate" | "lots"> => ({
  // Else a client that counts before each call meets each second target alone.
  lots: new Lots(random),
  budgets: withoutRequestLimits(budgets),
  inputEstimate: () => null,
});

/** Who counts and logs what happens to requests. */
function observersOf({ clock, log, metrics, shared }: GatewayPorts) {
  const recent = new RecentCalls(clock, shared === undefined ? 0 : hostOriginMs(clock));
  const served = new ServedCalls();
  const totals = new ProcessTotals();
  return {
    recent,
    served,
    totals,
    finished: new CallFinished(log, metrics, { served, recent, totals }),
    counted: new TokensCounted(log, metrics),
    refused: new RequestRefused(log, metrics, recent),
  };
}

/** What follows these settings. Throws where they have prices that the next ones lack. */
function settingsAfter({ config: inForce }: Settings, config: Config, building: Building) {
  refuseLostPrices(inForce.prices.book, config.prices);
  return settingsOf(config, building);
}

/** What a configuration comes to; replaced as a whole. */
interface Settings extends CallSettings {
  readonly config: Config;
  readonly providers: ReadonlyMap<string, ReadonlyMap<string | null, Provider>>;
  readonly probed: readonly ProbedProvider[];
  readonly ratesOf: RatesOf;
  readonly limitsOf: ReturnType<typeof limitsOf>;
}

interface Building {
  readonly ports: ProviderPorts;
  readonly make: PartMakers;
  readonly balancers: Balancers;
  readonly packages: SdkFactories;
  readonly estimates: CalibratedEstimates;
}

function settingsOf(
  config: Config,
  { ports, make, balancers, packages, estimates }: Building,
): Settings {
  const providers = new Map(
    [...providersOf(config, ports, packages)].map(([name, each]) => [
      name,
      new Map([...each].map(([credential, provider]) => [credential, make.provider(provider)])),
    ]),
  );
  const provider: Settings["provider"] = ({ provider: name, credentialId }) => {
    const found = providers.get(name)?.get(credentialId);
    if (found !== undefined) return found;
    const which = credentialId === null ? "" : ` with the credential "${credentialId}"`;
    throw new Failure<Code>("upstream_unavailable", `Provider "${name}"${which} is not configured`);
  };
  const estimatesOf = (model: string) => estimates.of(tokenizerFamily(model));
  const catalog = catalogOf(config, balancers, estimatesOf);
  return {
    config,
    catalog,
    provider,
    providers,
    probed: probedProviders(config, { catalog, provider }, ports.simulatorUrl),
    ratesOf: ratesOf(config),
    limitsOf: limitsOf(config),
  };
}
