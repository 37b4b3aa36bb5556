import cluster from "node:cluster";
import type { ToSupervisor } from "./messages.ts";
import type { WorkerProcess } from "./supervisor.ts";

/** Is this process one that a supervisor has started? */
export const isWorker = (): boolean => cluster.isWorker;

/** Starts this program once more as a worker. */
export function forkWorker(): WorkerProcess {
  cluster.setupPrimary({ serialization: "advanced" });
  const worker = cluster.fork();
  return {
    pid: worker.process.pid ?? null,
    send(message) {
      // It may have ended a moment ago: its exit is told.
      if (worker.isConnected()) worker.send(message, () => {});
    },
    onMessage(read) {
      // Workers are this program: see `cluster-channel.ts`.
      worker.on("message", (message) => read(message as ToSupervisor));
    },
    onExit(read) {
      worker.on("exit", (code, signal) => read(signal ?? `code ${code}`));
    },
    kill: () => worker.process.kill("SIGKILL"),
  };
}
