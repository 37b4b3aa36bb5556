import type { Provider } from "@sekisho/gateway/provider.ts";
import type { HttpAttemptPorts } from "@sekisho/gateway/providers/http-attempt.ts";
import type { Upstream } from "@sekisho/lib/http/upstream.ts";
import { OpenAiProvider } from "@sekisho/gateway/providers/openai/openai-provider.ts";
import { openaiBaseUrl, providerEndpoint } from "../config/provider-endpoint.ts";
import type { Config, ProviderConfig } from "../config/schema.ts";

export type PoolConfig = ProviderConfig["pool"];

export interface ProviderPorts extends Omit<HttpAttemptPorts, "upstream"> {
  /** Connections as a provider's `pool` asks for them; the same ones for the same wishes. */
  readonly upstreamFor: (pool: PoolConfig) => Upstream;
  /** Base URL of the simulator, null when none runs. */
  readonly simulatorUrl: string | null;
}

/** The providers of the configuration by name. */
export function providersOf(config: Config, ports: ProviderPorts): Map<string, Provider> {
  const { clock, wheel, simulatorUrl } = ports;
  const providers = new Map<string, Provider>();
  for (const [name, provider] of Object.entries(config.providers)) {
    const { origin, basePath } = providerEndpoint(baseUrl(name, provider, simulatorUrl));
    const apiKey = provider.credentials[0]?.apiKey.reveal() ?? null;
    const attemptPorts = { clock, wheel, upstream: ports.upstreamFor(provider.pool) };
    providers.set(name, new OpenAiProvider(attemptPorts, { name, origin, basePath, apiKey }));
  }
  return providers;
}

function baseUrl(name: string, provider: ProviderConfig, simulatorUrl: string | null): string {
  if (provider.baseUrl !== null) return provider.baseUrl;
  switch (provider.kind) {
    case "openai":
      return openaiBaseUrl;
    case "simulator":
      if (simulatorUrl === null) break;
      return `${simulatorUrl}${provider.region === "global" ? "" : `/${provider.region}`}/v1`;
    case "openai-compatible":
      break;
  }
  throw new Error(`Cannot reach provider "${name}": no base URL is configured`);
}
