import type { Dialect } from "../schema/credentials.ts";

/** Where a provider's API begins. */
export interface ProviderEndpoint {
  /** Scheme, host and port, as `UpstreamRequest.origin` wants it. */
  readonly origin: string;
  /** What stands before the paths of its dialect; no slash at its end. */
  readonly basePath: string;
}

/** Of a provider what decides where it is. */
export type ProviderPlace = (
  | { readonly kind: "openai" | "openai-compatible" | "anthropic" | "bedrock" | "gemini" }
  | { readonly kind: "simulator"; readonly dialect: Dialect }
) & {
  readonly region: string;
  readonly baseUrl: string | null;
};

/** Of a provider that is a package: its origin, where that is not the package's own matter. */
export const packageOrigin = ({ baseUrl }: { readonly baseUrl: string | null }): string | null =>
  baseUrl === null ? null : new URL(baseUrl).origin;

/** What a provider speaks. */
export function dialectOf(provider: ProviderPlace): Dialect {
  switch (provider.kind) {
    case "openai":
    case "openai-compatible":
      return "openai";
    case "anthropic":
    case "bedrock":
    case "gemini":
      return provider.kind;
    case "simulator":
      return provider.dialect;
  }
}

/**
 * What a base URL without a path means: the one that the dialect's own clients are told. OpenAI's
 * have `/v1` in it, so that a bare `http://127.0.0.1:9100` serves; the others append it themselves.
 */
const defaultPaths = {
  openai: "/v1",
  anthropic: "",
  bedrock: "",
  gemini: "",
} as const satisfies Record<Dialect, string>;

const versions: Readonly<Partial<Record<Dialect, RegExp>>> = {
  anthropic: /(?:\/v1)?\/*$/,
  gemini: /(?:\/v1(?:beta)?)?\/*$/,
};

/**
 * Where a provider is. Null where nothing says it: a compatible server without a URL, the simulator
 * of this process when none runs.
 */
export function providerEndpoint(
  provider: ProviderPlace,
  simulatorUrl: string | null,
): ProviderEndpoint | null {
  const url = provider.baseUrl ?? presetUrl(provider, simulatorUrl);
  if (url === null) return null;
  const { origin, pathname } = new URL(url);
  const dialect = dialectOf(provider);
  // Some clients are told the version with the base URL; the provider appends it itself.
  const path = pathname.replace(versions[dialect] ?? /\/+$/, "");
  return { origin, basePath: path === "" ? defaultPaths[dialect] : path };
}

function presetUrl(provider: ProviderPlace, simulatorUrl: string | null): string | null {
  switch (provider.kind) {
    case "openai":
      return "https://api.openai.com/v1";
    case "openai-compatible":
      return null;
    case "anthropic":
      return "https://api.anthropic.com";
    case "gemini":
      return "https://generativelanguage.googleapis.com";
    case "bedrock":
      return `https://bedrock-runtime.${provider.region}.${awsDomain(provider.region)}`;
    case "simulator": {
      if (simulatorUrl === null) return null;
      const place = provider.region === "global" ? "" : `/${provider.region}`;
      return `${simulatorUrl}${place}${defaultPaths[provider.dialect]}`;
    }
  }
}

/** Partitions of AWS whose hosts are not below amazonaws.com, by how their regions begin. */
const awsDomains = [
  ["cn-", "amazonaws.com.cn"],
  ["eusc-", "amazonaws.eu"],
  ["us-iso-", "c2s.ic.gov"],
  ["us-isob-", "sc2s.sgov.gov"],
  ["us-isof-", "csp.hci.ic.gov"],
  ["eu-isoe-", "cloud.adc-e.uk"],
] as const;

const awsDomain = (region: string): string =>
  awsDomains.find(([prefix]) => region.startsWith(prefix))?.[1] ?? "amazonaws.com";
