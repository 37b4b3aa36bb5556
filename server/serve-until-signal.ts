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

export interface SignalPorts {
  readonly process: SignalledProcess;
  readonly clock: Clock;
  readonly log: GatewayLog;
}

/**
 * SIGHUP reads the configuration again. SIGTERM and SIGINT refuse new model requests, let answers
 * under way run to their end, close everything and end the process. A second one cuts them after
 * 5 s, and what they cost is still booked; a third ends the process at once.
 */
export function serveUntilSignal(server: Embedded, ports: SignalPorts): void {
  const { process, clock, log } = ports;
  const shorter = Promise.withResolvers<void>();
  let signals = 0;
  const end = (code: number): void => {
    log.flush();
    // oxlint-disable-next-line no-process-exit -- a stray handle must not keep it alive
    process.exit(code);
  };
  const stop = async (): Promise<void> => {
    await Promise.race([server.drain(firstGraceMs), shorter.promise]);
    await server[Symbol.asyncDispose]();
  };
  const signalled = (signal: string): void => {
    signals += 1;
    log.info("stopping", { signal });
    if (signals > 2) end(1);
    else if (signals === 2) clock.after(secondGraceMs, () => shorter.resolve());
    else {
      stop().then(
        () => {
          log.info("stopped");
          end(0);
        },
        (error: unknown) => {
          log.error("could not stop cleanly", { error });
          end(1);
        },
      );
    }
  };
  process.on("SIGTERM", signalled);
  process.on("SIGINT", signalled);
  process.on("SIGHUP", () => {
    server.reload().then(
      () => log.info("configuration reloaded"),
      (error: unknown) => log.error("the configuration stays as it was", { error }),
    );
  });
}
