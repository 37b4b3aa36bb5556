import type { PackageFaults } from "@sekisho/gateway/observe/package-faults.ts";
import type { Provider } from "@sekisho/gateway/provider.ts";
import { AiSdkProvider } from "@sekisho/gateway/providers/ai-sdk/ai-sdk-provider.ts";
import { AnthropicProvider } from "@sekisho/gateway/providers/anthropic/anthropic-provider.ts";
import {
  type AwsCredentialSource,
  BedrockProvider,
} from "@sekisho/gateway/providers/bedrock/bedrock-provider.ts";
import type { DialectPorts } from "@sekisho/gateway/providers/dialect-attempt.ts";
import { GeminiProvider } from "@sekisho/gateway/providers/gemini/gemini-provider.ts";
import { OpenAiProvider } from "@sekisho/gateway/providers/openai/openai-provider.ts";
import type { Upstream } from "@sekisho/lib/http/upstream.ts";
import { fetchOver } from "@sekisho/lib/http/upstream/upstream-fetch.ts";
import type { ProofSeal } from "@sekisho/wire/ai-sdk/proof.ts";
import { modelMaker } from "@sekisho/wire/ai-sdk/sdk-model.ts";
import {
  dialectOf,
  packageOrigin,
  providerEndpoint,
} from "../../config/derived/provider-endpoint.ts";
import type { Config, ProviderConfig } from "../../config/schema.ts";
import type { PackageProvider, SdkFactories } from "../../config/modules/sdk-packages.ts";
import {
  anthropicCredential,
  apiKeyOf,
  bedrockCredential,
  packageSettings,
} from "./provider-credentials.ts";

export type PoolConfig = ProviderConfig["pool"];

export interface ProviderPorts extends Omit<DialectPorts, "upstream"> {
  /** Connections as a provider's `pool` asks for them; the same ones for the same wishes. */
  readonly upstreamFor: (pool: PoolConfig) => Upstream;
  /** Base URL of the simulator, null when none runs. */
  readonly simulatorUrl: string | null;
  /** Of a provider, by its name: the same in every process on one data folder. */
  readonly sealOf: (provider: string) => ProofSeal;
  readonly packageFaults: Pick<PackageFaults, "record">;
  /** What providers with `chain: true` sign with. */
  readonly awsChain: AwsCredentialSource;
}

/** The providers of the configuration: by name, and by the credential that they are shown. */
export const providersOf = (
  config: Config,
  ports: ProviderPorts,
  packages: SdkFactories,
): Map<string, Map<string | null, Provider>> =>
  new Map(
    Object.entries(config.providers).map(([name, provider]) => [
      name,
      new Map(
        (provider.credentials.length === 0 ? [undefined] : provider.credentials).map(
          (credential) => [
            credential?.id ?? null,
            provider.kind === "ai-sdk"
              ? packageProvider({ name, provider, credential }, ports, packages)
              : providerOf({ name, provider, credential }, ports),
          ],
        ),
      ),
    ]),
  );

interface Shown<Kind extends ProviderConfig> {
  readonly name: string;
  readonly provider: Kind;
  readonly credential: ProviderConfig["credentials"][number] | undefined;
}

type OwnProvider = Exclude<ProviderConfig, PackageProvider>;

function providerOf(
  { name, provider, credential }: Shown<OwnProvider>,
  ports: ProviderPorts,
): Provider {
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

/** The package makes its requests over the gateway's own connections, and to its base URL alone. */
function packageProvider(
  { name, provider, credential }: Shown<PackageProvider>,
  { clock, wheel, origins, upstreamFor, sealOf, packageFaults: faults }: ProviderPorts,
  packages: SdkFactories,
): Provider {
  const factory = packages.get(name);
  if (factory === undefined) throw new Error(`Cannot make provider "${name}": no package`);
  const origin = packageOrigin(provider);
  const fetch = fetchOver({ upstream: upstreamFor(provider.pool), origin });
  const made = factory({ ...packageSettings(provider, credential), fetch });
  const model = modelMaker(made, provider.method);
  if (model === null) throw new Error(`Cannot make provider "${name}": it has no such method`);
  const seal = sealOf(name);
  return new AiSdkProvider({ clock, wheel, origins, seal, faults }, { name, model });
}
