import type { RunTimeConfig } from "../settings/run-time-config.ts";
import type { Identity } from "./identity.ts";
import type { Addresses } from "./listeners.ts";
import { openCore, type CoreOptions } from "./open-core.ts";
import { openEdge } from "./open-edge.ts";
import { writeServerFile } from "./server-file.ts";

/** Everything that runs in this process on one data folder. */
export interface Embedded extends AsyncDisposable {
  readonly addresses: Addresses;
  readonly hasConsole: boolean;
  readonly identity: Identity;
  readonly config: RunTimeConfig;
  /** Refuses new model requests, and resolves when the last answer is out or `graceMs` are over. */
  drain(graceMs: number): Promise<void>;
}

/** Opens the gateway, then its listeners; disposes in the other order. */
export async function openEmbedded(options: CoreOptions): Promise<Embedded> {
  await using stack = new AsyncDisposableStack();
  const core = stack.use(await openCore(options));
  const edge = stack.use(await openEdge({ ...options, ...core }));
  stack.use(writeServerFile(core.folder, edge.addresses));
  const { identity, config, gateway, drain } = core;
  const resources = stack.move();
  return {
    addresses: edge.addresses,
    hasConsole: edge.hasConsole,
    identity,
    config,
    drain(graceMs) {
      gateway.probes.stop();
      return drain.run(graceMs, () => edge.drain());
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
