import { openEmbedded } from "./compose/embedded.ts";
import type { CoreOptions } from "./compose/open-core.ts";
import { clusterChannel } from "./processes/cluster-channel.ts";
import { WorkerLink } from "./processes/worker-link.ts";
import { serveUntilSignal, type SignalledProcess } from "./serve-until-signal.ts";

/** One of several processes: serves what its supervisor says, until that one tells it to stop. */
export async function serveAsWorker(options: CoreOptions, own: SignalledProcess): Promise<void> {
  const link = new WorkerLink(clusterChannel, options.clock);
  // A terminal signals all processes at once: the supervisor's word counts.
  own.on("SIGINT", () => {});
  const start = await link.started;
  try {
    const { crashAt } = start;
    const server = await openEmbedded({ ...options, crashAt, worker: { start, link } });
    const { addresses, ports, hasConsole } = server;
    const signalled: SignalledProcess = {
      on(signal, run) {
        link.on(signal, run);
        // This one alone: its supervisor starts another in its place.
        if (signal === "SIGTERM") own.on(signal, run);
      },
      exit: (code) => own.exit(code),
    };
    serveUntilSignal(server, { ...options, process: signalled });
    link.ready({ addresses, ports, hasConsole });
  } catch (error) {
    link.refused(error instanceof Error ? error.message : String(error));
    throw error;
  }
}
