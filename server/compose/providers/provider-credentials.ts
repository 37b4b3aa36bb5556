import type { AnthropicEndpoint } from "@sekisho/gateway/providers/anthropic/anthropic-provider.ts";
import { FixedAwsCredentials } from "@sekisho/gateway/providers/bedrock/aws-credentials.ts";
import type {
  AwsCredentialSource,
  BedrockCredential,
} from "@sekisho/gateway/providers/bedrock/bedrock-provider.ts";
import type { ProviderConfig } from "../../config/schema.ts";
import type { PackageProvider } from "../../config/modules/sdk-packages.ts";
import { Secret } from "../../config/secret.ts";

type CredentialConfig = ProviderConfig["credentials"][number];

// The one module that reads the secrets of providers (SEC-9).

/** Of a provider that is shown nothing but a key; `who` for the words of a defect. */
export function apiKeyOf(who: string, credential: CredentialConfig | undefined): string | null {
  if (credential === undefined) return null;
  if ("apiKey" in credential) return credential.apiKey.reveal();
  throw foreign(who, credential);
}

export function anthropicCredential(
  credential: CredentialConfig | undefined,
): AnthropicEndpoint["credential"] {
  if (credential === undefined) return null;
  if ("apiKey" in credential) return { kind: "apiKey", value: credential.apiKey.reveal() };
  if ("bearer" in credential) return { kind: "bearer", value: credential.bearer.reveal() };
  throw foreign("Anthropic", credential);
}

export function bedrockCredential(
  credential: CredentialConfig | undefined,
  chain: AwsCredentialSource,
): BedrockCredential | null {
  if (credential === undefined) return null;
  if ("chain" in credential) return { kind: "sigv4", source: chain };
  if ("bearer" in credential) return { kind: "bearer", value: credential.bearer.reveal() };
  if ("apiKey" in credential) throw foreign("Bedrock", credential);
  const { accessKeyId, secretAccessKey, sessionToken } = credential.sigv4;
  const source = new FixedAwsCredentials({
    accessKeyId: accessKeyId.reveal(),
    secretAccessKey: secretAccessKey.reveal(),
    sessionToken: sessionToken?.reveal() ?? null,
  });
  return { kind: "sigv4", source };
}

/** What a package's factory is given of the configuration. */
export function packageSettings(
  { options, baseUrl }: PackageProvider,
  credential: CredentialConfig | undefined,
): Readonly<Record<string, unknown>> {
  const apiKey = apiKeyOf("a package", credential);
  return {
    ...Object.fromEntries(Object.entries(options).map(([key, value]) => [key, revealed(value)])),
    ...(apiKey === null ? {} : { apiKey }),
    ...(baseUrl === null ? {} : { baseURL: baseUrl }),
  };
}

/** Secrets stand anywhere among the options. */
function revealed(value: unknown): unknown {
  if (value instanceof Secret) return value.reveal();
  if (Array.isArray(value)) return value.map(revealed);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, child]) => [key, revealed(child)]));
}

/** A defect: the configuration was checked for it. */
const foreign = (who: string, { id }: CredentialConfig): Error =>
  new Error(`Cannot show ${who} the credential "${id}": it has none of the forms that it takes`);
