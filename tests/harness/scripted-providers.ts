import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { GatewayUnderTest } from "./gateway-under-test.ts";
import { ScriptedUpstream } from "./scripted-upstream.ts";

type ProviderInput = NonNullable<ConfigInput["providers"]>[string];

/** Claude's name at Bedrock. */
export const claude = "anthropic.claude-sonnet-4-6";

const sole = (provider: string, model: string) => ({
  targets: [{ provider, model }],
  attempts: { max: 2, backoffMs: 1 },
  timeouts: { firstTokenMs: 20_000, attemptMs: 30_000 },
});

/** The real program with one scripted upstream that stands for a provider of each dialect. */
export class ScriptedProviders implements AsyncDisposable {
  readonly upstream: ScriptedUpstream;
  readonly gateway: GatewayUnderTest;

  private constructor(upstream: ScriptedUpstream, gateway: GatewayUnderTest) {
    this.upstream = upstream;
    this.gateway = gateway;
  }

  /** Models `claude`, `bedrock`, `converse`, `gpt`, and `both`: Anthropic first, then OpenAI. */
  static async start(): Promise<ScriptedProviders> {
    const upstream = await ScriptedUpstream.start();
    const apiKey = { id: "main", apiKey: "upstream-secret-1234" };
    const bearer = { id: "main", bearer: "upstream-token-1234" };
    const bedrock = (rest: { readonly api?: "converse" }): ProviderInput => ({
      kind: "bedrock",
      region: "us-east-1",
      baseUrl: `${upstream.url}/br`,
      credentials: [bearer],
      ...rest,
    });
    const config: ConfigInput = {
      providers: {
        anthropic: { kind: "anthropic", baseUrl: `${upstream.url}/an`, credentials: [apiKey] },
        bedrock: bedrock({}),
        converse: bedrock({ api: "converse" }),
        openai: { kind: "openai-compatible", baseUrl: `${upstream.url}/v1` },
      },
      models: {
        claude: sole("anthropic", "claude-sonnet-4-6"),
        bedrock: sole("bedrock", claude),
        converse: sole("converse", claude),
        gpt: sole("openai", "gpt-4-turbo"),
        both: {
          ...sole("anthropic", "claude-sonnet-4-6"),
          targets: [
            { provider: "anthropic", model: "claude-sonnet-4-6", priority: 0 },
            { provider: "openai", model: "gpt-4-turbo", priority: 1 },
          ],
          balance: "failover",
        },
      },
      tenants: {
        demo: { budgets: [{ scope: "key", window: "day", usd: 1 }] },
        slow: { rates: [{ scope: "key", requestsPerSecond: 0.001, burst: 1 }] },
      },
    };
    try {
      const gateway = await GatewayUnderTest.start({ config: () => config });
      return new ScriptedProviders(upstream, gateway);
    } catch (error) {
      await upstream[Symbol.asyncDispose]();
      throw error;
    }
  }

  /** Every next request is answered so. */
  answers(status: number, body: object | string, headers: Readonly<Record<string, string>> = {}) {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    this.upstream.answer = (response) =>
      response.writeHead(status, { "content-type": "application/json", ...headers }).end(text);
  }

  /** The secret of a new key. */
  async makeKey(of: object): Promise<string> {
    const { ready } = this.gateway.server;
    const response = await fetch(`${ready.urls["admin"]}/admin/keys`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${ready.adminKey}`,
        "content-type": "application/json",
      },
      body: JSON.stringify(of),
    });
    // The server's own answer, of the shape that it shares with the command line.
    const { secret } = (await response.json()) as { readonly secret: string };
    return secret;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.gateway[Symbol.asyncDispose]();
    await this.upstream[Symbol.asyncDispose]();
  }
}
