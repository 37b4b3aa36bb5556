import cluster from "node:cluster";
import type { WorkerChannel } from "./worker-link.ts";
import type { ToWorker } from "./messages.ts";

/** The channel of a process that `node:cluster` has forked. */
export const clusterChannel: WorkerChannel = {
  send(message) {
    // Without a supervisor this process ends: see `disconnect` of node:cluster.
    if (process.connected) process.send?.(message);
  },
  onMessage(read) {
    // What a supervisor that has died is told nobody misses: `disconnect` ends this process.
    cluster.worker?.on("error", () => {});
    // The supervisor is the only sender, and types what it sends.
    process.on("message", (message) => read(message as ToWorker));
  },
};
