import { Failure } from "@sekisho/lib/failure/failure.ts";
import { isFaultName, type FaultName } from "@sekisho/simulator/faults.data.ts";
import type { Match } from "@sekisho/simulator/scenario/scenario.ts";
import type { Simulator } from "@sekisho/simulator/server.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { FailureOrder } from "@sekisho/wire/chat/failure-order.ts";
import type { Config } from "../../config/schema.ts";
import { simulatedProviders } from "../../config/derived/simulator-switch.ts";
import type { FailureSwitch } from "../../edge/test/failure-switch.ts";

/** Scenarios of another name are somebody else's, and stay in force. */
const scenarioName = "test-endpoints";

/** Fails calls at the simulator of this process: real answers of a real server. */
export class SimulatedFailures implements FailureSwitch {
  readonly #simulator: Simulator;
  readonly #providers: () => Config["providers"];
  #words = "";

  constructor(simulator: Simulator, providers: () => Config["providers"]) {
    this.#simulator = simulator;
    this.#providers = providers;
  }

  /** As the simulator knows it: its own control surface may have forgotten the scenario. */
  current(): string | null {
    const isInForce = this.#simulator.scenarios().some(({ name }) => name === scenarioName);
    return isInForce ? this.#words : null;
  }

  order(failures: FailureOrder): void {
    const { probability } = failures;
    const fault = faultOf(failures.fault);
    const match = { ...this.#placeOf(failures), ...(probability < 1 ? { probability } : {}) };
    this.#simulator.exchangeScenarios(scenarioName, [{ name: scenarioName, fault, match }]);
    this.#words = wordsOf(failures);
  }

  end(): void {
    this.#simulator.exchangeScenarios(scenarioName, []);
  }

  received(): number {
    return this.#simulator.received;
  }

  #placeOf({ region, provider }: FailureOrder): Match {
    const providers = this.#providers();
    const known = simulatedProviders(providers);
    if (region !== null) {
      const regions = known.map((name) => providers[name]?.region ?? "");
      if (!regions.includes(region)) throw unknown("region", region, [...new Set(regions)]);
      return { region };
    }
    if (provider === null) return {};
    const found = providers[provider];
    if (found?.kind !== "simulator") {
      throw unknown("provider", provider, known);
    }
    return { region: found.region, dialect: found.dialect };
  }
}

function faultOf(name: string): FaultName {
  if (isFaultName(name)) return name;
  throw unknown("fault", name, ["those of simulator/README.md, such as 503, 429 and stall-head"]);
}

function unknown(what: string, name: string, known: readonly string[]): Failure<Code> {
  const message = `Cannot fail ${what} "${name}": known are ${known.join(", ")}`;
  return new Failure<Code>("invalid_value", message, { param: what });
}

function wordsOf({ region, provider, fault, probability }: FailureOrder): string {
  const where =
    region !== null ? `region ${region}` : provider !== null ? `provider ${provider}` : "all";
  return `${where}: ${fault}${probability < 1 ? ` with probability ${probability}` : ""}`;
}
