import { isPrivateListener, simulatesAll, type SimulatorSwitch } from "./simulator-switch.ts";

/** Of a configuration what decides about the test endpoints. */
export interface TestEndpointsSwitch extends Omit<SimulatorSwitch, "features"> {
  readonly features: { readonly testEndpoints: "auto" | boolean };
}

/**
 * Are `/test/…` and a keyless `POST /chat` served? `features.testEndpoints` says so; `auto` means:
 * while bound to loopback, not declared public, and without real providers.
 */
export function hasTestEndpoints({ features, listen, providers }: TestEndpointsSwitch): boolean {
  if (features.testEndpoints !== "auto") return features.testEndpoints;
  return isPrivateListener(listen) && simulatesAll(providers);
}
