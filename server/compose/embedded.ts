import { IdSource } from "@sekisho/lib/ids/id-source.ts";
import { openAudit } from "./storage/audit.ts";
import { HeapGrowth, v8Heap } from "./process/heap-growth.ts";
import type { Identity } from "./identity/identity.ts";
import type { Addresses, Ports } from "./edge/listeners.ts";
import { openCore, type CoreOptions } from "./open-core.ts";
import { openEdge } from "./edge/open-edge.ts";
import { writeServerFile } from "./edge/server-file.ts";

/** Everything that runs in this process on one data folder. */
export interface Embedded extends AsyncDisposable {
  readonly addresses: Addresses;
  readonly ports: Ports;
  readonly hasConsole: boolean;
  readonly identity: Identity;
  /** Reads the configuration again, as somebody who may signal the process asks; audited. */
  reload(): Promise<void>;
  /** Refuses new model requests, and resolves when the last answer is out or `graceMs` are over. */
  drain(graceMs: number): Promise<void>;
}

/** Opens the gateway, then its listeners; disposes in the other order. */
export async function openEmbedded(options: CoreOptions): Promise<Embedded> {
  await using stack = new AsyncDisposableStack();
  stack.use(new HeapGrowth({ ...v8Heap, clock: options.clock }));
  const core = stack.use(await openCore(options));
  const edge = stack.use(await openEdge({ ...options, ...core }));
  // Of several processes the supervisor says where they serve.
  if (options.worker === undefined) stack.use(writeServerFile(core.folder, edge.addresses));
  const { identity, config, gateway, drain, storage } = core;
  const { clock, log, random } = options;
  const audit = openAudit({ clock, log, storage });
  const ids = new IdSource(clock, random);
  const resources = stack.move();
  return {
    addresses: edge.addresses,
    ports: edge.ports,
    hasConsole: edge.hasConsole,
    identity,
    async reload() {
      const object = config.source.file?.name ?? "the embedded default";
      const requestId = `req_${ids.newBody()}`;
      const entry = { event: "admin.config.reloaded", object, by: "SIGHUP", requestId } as const;
      await config.reload({ also: [audit.row(entry)] });
      audit.told(entry);
    },
    drain(graceMs) {
      gateway.probes.stop();
      return drain.run(graceMs, () => edge.drain());
    },
    [Symbol.asyncDispose]: () => resources.disposeAsync(),
  };
}
