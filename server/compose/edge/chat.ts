import { usualCriticality } from "@sekisho/wire/criticality.ts";
import { balanceName, type Pool } from "@sekisho/gateway/model-entry.ts";
import type { Keyring } from "@sekisho/gateway/identity/keyring.ts";
import { shownModel } from "@sekisho/gateway/model-name.ts";
import { ServiceCircuitChanged } from "@sekisho/gateway/observe/service-circuit-changed.ts";
import type { OnceCalls } from "@sekisho/gateway/calls/once-calls.ts";
import type { Principal } from "@sekisho/gateway/principal.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Exchange, RequestHead } from "@sekisho/lib/http/exchange.ts";
import type { Route } from "@sekisho/lib/http/router.ts";
import type { Random } from "@sekisho/lib/random/random.ts";
import { isByWeight } from "@sekisho/lib/resilience/balance.ts";
import { WindowedBreaker } from "@sekisho/lib/resilience/windowed-breaker.ts";
import type { Metrics } from "@sekisho/lib/telemetry/metrics.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { LoadBalancerView } from "@sekisho/wire/chat/test-views.ts";
import { guestKeyId } from "../../config/checks/check-config.ts";
import { demoTenant } from "../../config/trees/default-config.ts";
import type { Config } from "../../config/schema.ts";
import { isPrivateListener } from "../../config/derived/simulator-switch.ts";
import { hasTestEndpoints } from "../../config/derived/test-endpoints-switch.ts";
import type { AuditTrail } from "../../audit/audit-log.ts";
import { chatBreakerLimits } from "../../edge/plain-chat/chat-breaker-limits.ts";
import { chatBodyBytesLimit, plainChat } from "../../edge/chat.ts";
import type { Handler } from "../../edge/front.ts";
import { isKeyless, isLocalCaller } from "../../edge/plain-chat/local-caller.ts";
import { ModelExchange, type ModelExchangePorts } from "../../edge/exchanges/model-exchange.ts";
import { onceExchangeFor } from "../../edge/exchanges/once-exchange-for.ts";
import { ServiceCircuit } from "../../edge/plain-chat/service-circuit.ts";
import type { FailureSwitch } from "../../edge/test/failure-switch.ts";
import { TestApi } from "../../edge/test/test-api.ts";
import type { Gateway } from "../gateway/gateway.ts";

export interface ChatParts {
  readonly config: () => Config;
  readonly gateway: Gateway;
  readonly model: ModelExchangePorts;
  readonly onceCalls: Pick<OnceCalls, "run" | "joins">;
  readonly random: Random;
  readonly metrics: Metrics;
  readonly keyring: Keyring;
  /** Null where no simulator runs in this process. */
  readonly failures: FailureSwitch | null;
  readonly audit: Pick<AuditTrail, "record">;
}

/** The plain chat service, and while they are on the test endpoints beside it. */
export function chatRoutes(parts: ChatParts): Route<Handler>[] {
  const { gateway, model } = parts;
  const config = parts.config();
  const { model: alias, systemPrompt, temperature, topK } = config.chat;
  const isOn = hasTestEndpoints(config);
  const isHome = isOn && isPrivateListener(config.listen);
  const isLocal = (head: RequestHead): boolean => isHome && isLocalCaller(head);
  const guest = guestOf(alias);
  const hasGuests = (): boolean => parts.config().tenants[guest.tenant] !== undefined;

  const circuit = circuitOf(parts);
  const surface = plainChat({
    setup: { model: alias, systemPrompt, temperature, topK },
    keyless: (head) => (isKeyless(head) && isLocal(head) && hasGuests() ? guest : null),
  });
  const ports = { ...model, pipeline: circuit, bodyBytesLimit: chatBodyBytesLimit };
  const once = { ...ports, onceCalls: circuit.once(parts.onceCalls) };
  const serve = (exchange: Exchange): Promise<void> => {
    const asked = { surface, parameters: {} };
    const found = onceExchangeFor(exchange, asked, once);
    return (found ?? new ModelExchange(exchange, asked, ports)).serve();
  };
  const chat: Route<Handler> = { method: "POST", path: "/chat", value: serve };
  if (!isOn) return [chat];

  const testApi = new TestApi({
    ...parts,
    ...model,
    circuit,
    isLocal,
    resetTargets: () => gateway.health.resetAll(model.clock.monotonicMs()),
    balance: (asked) => balanceOf(parts, asked ?? alias),
  });
  return [chat, ...testApi.routes()];
}

function circuitOf({ config, gateway, model, random, metrics }: ChatParts): ServiceCircuit {
  const changed = new ServiceCircuitChanged(model.log, metrics);
  const breaker = new WindowedBreaker(chatBreakerLimits(config().chat.circuit), random);
  return new ServiceCircuit({
    pipeline: gateway.pipeline,
    breaker,
    clock: model.clock,
    changed: (to) => changed.record("chat", to),
  });
}

/** Who calls from this machine without a key: its budget and its rate are those of any one key. */
const guestOf = (model: string): Principal => ({
  keyId: guestKeyId,
  tenant: demoTenant,
  team: null,
  role: "client",
  models: [model],
  surfaces: ["chat"],
  criticality: usualCriticality,
  requestBudget: null,
  streamGraceMs: null,
});

/** A balancer that takes no weights treats all targets alike, whatever the file says. */
const weightsInForce = ({ balance, targets }: Pool): number[] =>
  targets.map(({ weight }) => (typeof balance !== "string" || isByWeight[balance] ? weight : 1));

const strategyOf = ([first, ...others]: readonly Pool[]): string =>
  first === undefined || others.length > 0 ? "chain" : balanceName(first.balance);

/** Throws Failure `not_found`. */
function balanceOf({ gateway, model }: ChatParts, name: string): LoadBalancerView {
  const catalog = gateway.catalog();
  if (!catalog.names().includes(name)) {
    const message = `Cannot show model "${shownModel(name)}": no alias of that name is configured`;
    throw new Failure<Code>("not_found", message, { param: "model" });
  }
  const { pools, choice } = catalog.resolve(name);
  const nowMs = model.clock.monotonicMs();
  const targets = pools.flatMap((pool) => pool.targets);
  const weights = pools.flatMap(weightsInForce);
  const counts = targets.map((target) => gateway.served.by(name, target));
  const total = counts.reduce((sum, count) => sum + count, 0);
  return {
    strategy: choice?.kind ?? strategyOf(pools),
    model: name,
    requests: total,
    endpoints: targets.map((target, index) => ({
      region: target.region,
      provider: target.provider,
      model: target.upstreamModel,
      weight: weights[index] ?? 1,
      priority: target.priority,
      healthy: gateway.health.restOf(target, nowMs) === null,
      share: total === 0 ? 0 : (counts[index] ?? 0) / total,
      requests: counts[index] ?? 0,
    })),
  };
}
