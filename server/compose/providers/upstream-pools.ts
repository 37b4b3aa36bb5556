import {
  defaultUndiciUpstreamOptions,
  UndiciUpstream,
} from "@sekisho/lib/http/upstream/undici-upstream.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { PoolConfig } from "./providers.ts";

/** Connections to providers: one set for every combination of wishes in the configuration. */
export class UpstreamPools implements AsyncDisposable {
  readonly #upstreams = new Map<string, UndiciUpstream>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  readonly of = (pool: PoolConfig): UndiciUpstream => {
    const key = `${pool.connections}/${pool.connectMs}/${pool.queueMs}/${pool.idleMs}`;
    const known = this.#upstreams.get(key);
    if (known !== undefined) return known;
    const options = {
      ...defaultUndiciUpstreamOptions,
      connections: pool.connections,
      connectTimeoutMs: pool.connectMs,
      queueTimeoutMs: pool.queueMs,
      keepAliveTimeoutMs: pool.idleMs,
    };
    const fresh = new UndiciUpstream(options, this.#clock);
    this.#upstreams.set(key, fresh);
    return fresh;
  };

  /** How long the call has waited that waits longest for a connection. */
  readonly oldestWaitMs = (): number =>
    Math.max(0, ...[...this.#upstreams.values()].map((upstream) => upstream.oldestWaitMs));

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#upstreams.values()].map((upstream) => upstream.close()));
  }
}
