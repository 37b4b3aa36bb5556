/** Names to addresses. `dns-resolver.ts` is real; tests say what a name stands for at each turn. */
export interface Resolver {
  /**
   * Every address of IPv4 and IPv6 that the name has; none when it has none or nobody knows. An
   * aborted signal ends the question.
   */
  lookup(hostname: string, signal: AbortSignal): Promise<readonly string[]>;
}
