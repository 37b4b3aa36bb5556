/** Where a provider's API begins. */
export interface ProviderEndpoint {
  /** Scheme, host and port, as `UpstreamRequest.origin` wants it. */
  readonly origin: string;
  /** What stands before `/chat/completions`; no slash at its end. */
  readonly basePath: string;
}

const defaultPath = "/v1";

/**
 * Reads a valid `baseUrl`. Without a path it means `/v1`, so that a bare `http://127.0.0.1:9100`
 * is served like the `http://127.0.0.1:9100/v1` that OpenAI's own clients want.
 */
export function providerEndpoint(baseUrl: string): ProviderEndpoint {
  const { origin, pathname } = new URL(baseUrl);
  const path = pathname.replace(/\/+$/, "");
  return { origin, basePath: path === "" ? defaultPath : path };
}

/** `baseUrl: null` of kind `openai`. */
export const openaiBaseUrl = "https://api.openai.com/v1";
