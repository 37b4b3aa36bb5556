import OpenAI, { type ClientOptions } from "openai";
import type { GatewayUnderTest } from "./gateway-under-test.ts";

/** The official client, unmodified. It does not retry unless `options` say so. */
export const openaiClient = (gateway: GatewayUnderTest, options: ClientOptions = {}): OpenAI =>
  new OpenAI({
    apiKey: gateway.key,
    baseURL: `${gateway.url}/v1`,
    maxRetries: 0,
    ...options,
  });

/** The official client, and how many requests it has sent. */
export function countingClient(
  gateway: GatewayUnderTest,
  options: ClientOptions = {},
): { readonly client: OpenAI; readonly sent: () => number } {
  let sent = 0;
  const client = openaiClient(gateway, {
    ...options,
    fetch: (url, init) => {
      sent += 1;
      return fetch(url, init);
    },
  });
  return { client, sent: () => sent };
}

/** One user message. */
export const asks = (content: string): { role: "user"; content: string }[] => [
  { role: "user", content },
];
