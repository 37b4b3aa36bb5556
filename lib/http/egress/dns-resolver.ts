import { promises as dns } from "node:dns";
import type { Resolver } from "../resolver.ts";

export interface DnsResolverOptions {
  /** For one question to one server. */
  readonly timeoutMs: number;
  readonly tries: number;
  /** As "address:port"; null for those of the machine. */
  readonly servers: readonly string[] | null;
}

export const defaultDnsResolverOptions: DnsResolverOptions = {
  timeoutMs: 2_000,
  tries: 2,
  servers: null,
};

/**
 * Asks name servers, and neither the hosts file nor search domains. Unlike `dns.lookup` it takes no
 * thread of the pool: a name server that is slow on purpose would hold four of them.
 */
export class DnsResolver implements Resolver {
  readonly #options: DnsResolverOptions;

  constructor(options: DnsResolverOptions = defaultDnsResolverOptions) {
    this.#options = options;
  }

  async lookup(hostname: string, signal: AbortSignal): Promise<readonly string[]> {
    const { timeoutMs: timeout, tries, servers } = this.#options;
    if (signal.aborted) return [];
    // One for each name: cancelling ends all questions of a resolver.
    const resolver = new dns.Resolver({ timeout, tries });
    if (servers !== null) resolver.setServers(servers);
    const cancel = (): void => resolver.cancel();
    signal.addEventListener("abort", cancel, { once: true });
    try {
      const answers = await Promise.allSettled([
        resolver.resolve4(hostname),
        resolver.resolve6(hostname),
      ]);
      return answers.flatMap((each) => (each.status === "fulfilled" ? each.value : []));
    } finally {
      signal.removeEventListener("abort", cancel);
    }
  }
}
