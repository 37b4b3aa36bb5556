import { isPrivateListener, simulatesAll, type SimulatorSwitch } from "./simulator-switch.ts";

/** Of a configuration what decides about the test endpoints. */
export interface TestEndpointsSwitch extends Omit<SimulatorSwitch, "features"> {
  readonly features: { readonly testEndpoints: "auto" | boolean };
  readonly processes: number;
}

/**
 * Are `/test/…` and a keyless `POST /chat` served? `features.testEndpoints` says so; `auto` means:
 * while bound to loopback, not declared public, without real providers and in one process: the
 * failures that they make would be those of the process that is asked.
 */
export function hasTestEndpoints(config: TestEndpointsSwitch): boolean {
  const { features, listen, providers, processes } = config;
  if (features.testEndpoints !== "auto") return features.testEndpoints;
  return processes === 1 && isPrivateListener(listen) && simulatesAll(providers);
}
