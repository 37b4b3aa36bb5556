import type {
  Upstream,
  UpstreamCall,
  UpstreamHandler,
  UpstreamRequest,
} from "@sekisho/lib/http/upstream.ts";
import { SimulatedCall, type CallWatcher, type CallWorld } from "./simulated-call.ts";

/** Who is behind an upstream: takes each call and sends its answer. */
export interface Providers {
  /** What looks on at a call; throws what the world must stop at. */
  called(request: UpstreamRequest): CallWatcher & { begin(call: SimulatedCall): void };
}

/** How soon a call fails that nobody takes. */
const refusedMs = 1;

/** `Upstream` without a network: one way of one process to all providers. */
export class SimulatedUpstream implements Upstream {
  readonly #world: CallWorld;
  readonly #providers: Providers;
  readonly #open = new Set<SimulatedCall>();
  #closed: { readonly promise: Promise<void>; readonly resolve: () => void } | null = null;

  constructor(world: CallWorld, providers: Providers) {
    this.#world = world;
    this.#providers = providers;
  }

  dispatch(request: UpstreamRequest, handler: UpstreamHandler): UpstreamCall {
    if (this.#closed !== null) return this.#refuse(handler);
    const watcher = this.#providers.called(request);
    const call: SimulatedCall = new SimulatedCall(this.#world, handler, {
      paused: () => watcher.paused(),
      resumed: () => watcher.resumed(),
      handing: (parcel) => watcher.handing(parcel),
      handed: (parcel) => watcher.handed(parcel),
      closed: (end) => {
        watcher.closed(end);
        this.#open.delete(call);
        if (this.#open.size === 0) this.#closed?.resolve();
      },
    });
    this.#open.add(call);
    watcher.begin(call);
    return call;
  }

  close(): Promise<void> {
    this.#closed ??= Promise.withResolvers<void>();
    if (this.#open.size === 0) this.#closed.resolve();
    return this.#closed.promise;
  }

  /** The process is dead. */
  orphanAll(): void {
    for (const call of this.#open) call.orphan();
  }

  #refuse(handler: UpstreamHandler): UpstreamCall {
    const nothing = (): void => {};
    const call = new SimulatedCall(this.#world, handler, {
      paused: nothing,
      resumed: nothing,
      handing: nothing,
      handed: nothing,
      closed: nothing,
    });
    this.#world.clock.after(refusedMs, () =>
      call.send({ kind: "failure", code: "connect_failed" }),
    );
    return call;
  }
}
