import type { CircuitStatusView, EndpointView } from "@sekisho/wire/chat/test-views.ts";
import type { Drill } from "./drill.ts";
import { pause } from "./pause.ts";

const lookMs = 1_000;

interface Sample {
  readonly atS: number;
  readonly circuit: CircuitStatusView;
  readonly endpoints: readonly EndpointView[];
}

/** Looks and changes nothing. */
export const monitor: Drill = {
  about: "prints the state of the circuit and of every region each second",
  options: {
    seconds: { about: "how long; Ctrl-C ends it sooner", standard: 60, min: 1, max: 86_400 },
  },
  async run({ server, say, option, stop }) {
    const startedMs = performance.now();
    const samples: Sample[] = [];
    const seconds = option("seconds");
    for (let second = 0; second < seconds && !stop.aborted; second += 1) {
      const [circuit, endpoints] = await Promise.all([server.circuit(), server.endpoints()]);
      const sample = {
        atS: Math.round((performance.now() - startedMs) / 1_000),
        circuit,
        endpoints,
      };
      say(lineOf(sample));
      samples.push(sample);
      if (samples.length > keptSamples) samples.shift();
      const nextMs = startedMs + (second + 1) * lookMs;
      if (second + 1 < seconds) await pause(nextMs - performance.now(), stop);
    }
    return { figures: { samples }, findings: [] };
  },
};

/** An hour; older ones have been printed. */
const keptSamples = 3_600;

function lineOf({ atS, circuit, endpoints }: Sample): string {
  const failures = circuit.failures_enabled ? ", failures on" : "";
  const regions = endpoints.map(
    ({ region, healthy, share, requests }) =>
      `${region} ${healthy ? "well" : "RESTS"} ${requests} (${(share * 100).toFixed(1)} %)`,
  );
  const state = `${circuit.circuit_state} ${circuit.failure_count}${failures}`;
  return `${String(atS).padStart(4)} s  circuit ${state}  ${regions.join("  ")}`;
}
