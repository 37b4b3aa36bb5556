import type { GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { Embedded } from "./compose/embedded.ts";

/** Answers under way may take this long after the first signal (STR-12) … */
const firstGraceMs = 15 * 60_000;
/** … and this long after a second one (OPS-8). */
const secondGraceMs = 5_000;

export interface SignalledProcess {
  on(event: "SIGTERM" | "SIGINT" | "SIGHUP", run: (signal: string) => void): unknown;
  exit(code: number): void;
}

/**
 * SIGHUP reads the configuration again. SIGTERM and SIGINT refuse new model requests, let answers
 * under way run to their end, close everything and end the process; a second one shortens that.
 */
export function serveUntilSignal(
  server: Embedded,
  to: { readonly process: SignalledProcess; readonly clock: Clock; readonly log: GatewayLog },
): void {
  const { process, clock, log } = to;
  let signals = 0;
  const close = async (): Promise<void> => {
    await server[Symbol.asyncDispose]();
    log.info("stopped");
    log.flush();
    process.exit(0);
  };
  const stop = (signal: string): void => {
    signals += 1;
    log.info("stopping", { signal });
    if (signals > 2) return process.exit(1);
    const graceMs = signals === 1 ? firstGraceMs : secondGraceMs;
    const closing = signals === 1 ? server.drain(graceMs).then(close) : null;
    if (closing === null) clock.after(graceMs, () => process.exit(1));
    closing?.catch((error: unknown) => {
      log.error("could not stop cleanly", { error });
      log.flush();
      process.exit(1);
    });
  };
  process.on("SIGTERM", stop);
  process.on("SIGINT", stop);
  process.on("SIGHUP", () => {
    server.config.reload().then(
      () => log.info("configuration reloaded"),
      (error: unknown) => log.error("the configuration stays as it was", { error }),
    );
  });
}
