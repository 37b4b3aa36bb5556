import type { Provider } from "@sekisho/gateway/provider.ts";
import { AnthropicProvider } from "@sekisho/gateway/providers/anthropic/anthropic-provider.ts";
import {
  type AwsCredentialSource,
  BedrockProvider,
} from "@sekisho/gateway/providers/bedrock/bedrock-provider.ts";
import type { DialectPorts } from "@sekisho/gateway/providers/dialect-attempt.ts";
import { GeminiProvider } from "@sekisho/gateway/providers/gemini/gemini-provider.ts";
import { OpenAiProvider } from "@sekisho/gateway/providers/openai/openai-provider.ts";
import type { Upstream } from "@sekisho/lib/http/upstream.ts";
import { dialectOf, providerEndpoint } from "../config/provider-endpoint.ts";
import type { Config, ProviderConfig } from "../config/schema.ts";
import { anthropicCredential, apiKeyOf, bedrockCredential } from "./provider-credentials.ts";

export type PoolConfig = ProviderConfig["pool"];

export interface ProviderPorts extends Omit<DialectPorts, "upstream"> {
  /** Connections as a provider's `pool` asks for them; the same ones for the same wishes. */
  readonly upstreamFor: (pool: PoolConfig) => Upstream;
  /** Base URL of the simulator, null when none runs. */
  readonly simulatorUrl: string | null;
  /** What providers with `chain: true` sign with. */
  readonly awsChain: AwsCredentialSource;
}

/** The providers of the configuration: by name, and by the credential that they are shown. */
export const providersOf = (
  config: Config,
  ports: ProviderPorts,
): Map<string, Map<string | null, Provider>> =>
  new Map(
    Object.entries(config.providers).map(([name, provider]) => [
      name,
      new Map(
        (provider.credentials.length === 0 ? [undefined] : provider.credentials).map(
          (credential) => [
            credential?.id ?? null,
            providerOf({ name, provider, credential }, ports),
          ],
        ),
      ),
    ]),
  );

interface Shown {
  readonly name: string;
  readonly provider: ProviderConfig;
  readonly credential: ProviderConfig["credentials"][number] | undefined;
}

function providerOf({ name, provider, credential }: Shown, ports: ProviderPorts): Provider {
  const { clock, wheel, origins, upstreamFor, simulatorUrl } = ports;
  const attemptPorts = { clock, wheel, origins, upstream: upstreamFor(provider.pool) };
  const endpoint = providerEndpoint(provider, simulatorUrl);
  if (endpoint === null) {
    throw new Error(`Cannot reach provider "${name}": no base URL is configured`);
  }
  const place = { name, ...endpoint };
  switch (dialectOf(provider)) {
    case "openai":
      return new OpenAiProvider(attemptPorts, { ...place, apiKey: apiKeyOf("OpenAI", credential) });
    case "anthropic":
      return new AnthropicProvider(attemptPorts, {
        ...place,
        apiVersion: provider.kind === "anthropic" ? provider.apiVersion : "2023-06-01",
        credential: anthropicCredential(credential),
      });
    case "gemini":
      return new GeminiProvider(attemptPorts, { ...place, apiKey: apiKeyOf("Gemini", credential) });
    case "bedrock":
      return new BedrockProvider(attemptPorts, {
        ...place,
        region: provider.region,
        credential: bedrockCredential(credential, ports.awsChain),
      });
  }
}
