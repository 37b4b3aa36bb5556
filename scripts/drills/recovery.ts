import type { Drill, DrillContext } from "./drill.ts";
import { DrillFailure } from "./drill-failure.ts";
import { atMost, equals } from "./findings.ts";
import { pause } from "./pause.ts";

const lookMs = 100;
const sayMs = 1_000;

/** The failures end, the circuit is left to itself: open, half-open, closed. */
export const recovery: Drill = {
  about: "the circuit finds out by itself that calls succeed again: open, half-open, closed",
  options: {
    "max-wait": {
      about: "seconds to wait for it to half-open",
      standard: 120,
      min: 1,
      max: 3_600,
    },
  },
  async run(context) {
    const { server, say } = context;
    await server.disableFailures({ reset: true });
    let promisedMs: number;
    try {
      promisedMs = await openCircuit(context);
    } finally {
      await server.disableFailures({ reset: false });
    }
    say("failures are off; the circuit is left to itself");
    const states = ["open"];
    const openMs = await waitForHalfOpen(context);
    states.push((await server.circuit()).circuit_state);
    const { status } = await server.chat();
    states.push((await server.circuit()).circuit_state);
    say(`one call: ${status}; circuit ${states.at(-1)}`);
    return {
      figures: { promisedMs, openMs, states },
      findings: [
        equals("states", states.join(", "), "open, half_open, closed"),
        // The header has whole seconds, and we look ten times in one.
        atMost("open for", openMs / 1_000, {
          limit: promisedMs / 1_000 + 0.5,
          unit: " s",
          digits: 1,
        }),
        equals("the probe", String(status), "200"),
      ],
    };
  },
};

/** Three failed calls; for how long the fourth is told to stay away. */
async function openCircuit({ server, say }: DrillContext): Promise<number> {
  await server.enableFailures();
  for (let call = 0; call < 3; call += 1) await server.chat();
  const { circuit_state: state } = await server.circuit();
  if (state !== "open") throw new DrillFailure(`Cannot open the circuit: it is ${state}`);
  const { retryAfterS } = await server.chat();
  say(`circuit open; retry-after ${retryAfterS} s`);
  return (retryAfterS ?? 0) * 1_000;
}

async function waitForHalfOpen({ server, say, option, stop }: DrillContext): Promise<number> {
  const startedMs = performance.now();
  const waitMs = option("max-wait") * 1_000;
  let saidMs = startedMs;
  for (;;) {
    const { circuit_state: state } = await server.circuit();
    const waitedMs = performance.now() - startedMs;
    if (state !== "open") return waitedMs;
    if (stop.aborted || waitedMs > waitMs) {
      const seconds = (waitedMs / 1_000).toFixed(1);
      throw new DrillFailure(`Cannot see it recover: open for ${seconds} s, waited no longer`);
    }
    if (performance.now() - saidMs >= sayMs) {
      saidMs += sayMs;
      say(`${(waitedMs / 1_000).toFixed(0)} s: circuit ${state}`);
    }
    await pause(lookMs, stop);
  }
}
