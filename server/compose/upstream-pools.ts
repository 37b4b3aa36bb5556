import { defaultUndiciUpstreamOptions, UndiciUpstream } from "@sekisho/lib/http/undici-upstream.ts";
import type { PoolConfig } from "./providers.ts";

/** Connections to providers: one set for every combination of wishes in the configuration. */
export class UpstreamPools implements AsyncDisposable {
  readonly #upstreams = new Map<string, UndiciUpstream>();

  readonly of = (pool: PoolConfig): UndiciUpstream => {
    const key = `${pool.connections}/${pool.connectMs}/${pool.idleMs}`;
    const known = this.#upstreams.get(key);
    if (known !== undefined) return known;
    const fresh = new UndiciUpstream({
      ...defaultUndiciUpstreamOptions,
      connections: pool.connections,
      connectTimeoutMs: pool.connectMs,
      keepAliveTimeoutMs: pool.idleMs,
    });
    this.#upstreams.set(key, fresh);
    return fresh;
  };

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#upstreams.values()].map((upstream) => upstream.close()));
  }
}
