import { isLoopbackHost } from "./listen-host.ts";

/** Of a configuration what decides about the simulator, secrets read or not. */
export interface SimulatorSwitch {
  readonly features: { readonly simulator: "auto" | boolean };
  readonly listen: { readonly host: string; readonly public: boolean };
  readonly providers: Providers;
}

type Providers = Readonly<Record<string, ProviderPlace>>;

interface ProviderPlace {
  readonly kind: string;
  readonly baseUrl: string | null;
}

const isOurSimulator = ({ kind, baseUrl }: ProviderPlace): boolean =>
  kind === "simulator" && baseUrl === null;

/**
 * Does this process run a simulator? `features.simulator` says so; `auto` means: while bound to
 * loopback, not declared public (SEC-11), and without real providers.
 */
export function runsSimulator({ features, listen, providers }: SimulatorSwitch): boolean {
  if (features.simulator !== "auto") return features.simulator;
  return isPrivateListener(listen) && simulatesAll(providers);
}

/** Reachable from this machine alone, and not declared public. */
export const isPrivateListener = ({ host, public: isPublic }: SimulatorSwitch["listen"]): boolean =>
  isLoopbackHost(host) && !isPublic;

/** Is no provider a real one? */
export const simulatesAll = (providers: Providers): boolean =>
  Object.values(providers).every(isOurSimulator);

/** Names of the providers that are the simulator inside this process. */
export const simulatedProviders = (providers: Providers): string[] =>
  Object.entries(providers)
    .filter(([, provider]) => isOurSimulator(provider))
    .map(([name]) => name);
