import type { Gathered, CircuitsPart, LivePart } from "../../edge/admin/live-view/live-part.ts";
import { mergedCircuits } from "../../edge/admin/live-view/merged-circuits.ts";
import type { AdminContext } from "../../edge/admin/admin-context.ts";
import type { LiveSources } from "../../edge/admin/live-view/live-feed.ts";
import type { HealthTree } from "@sekisho/gateway/route/health-tree.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { CircuitCommand } from "@sekisho/wire/admin/circuits.ts";
import type { Gateway } from "../gateway/gateway.ts";
import type { WorkerParts } from "./worker-parts.ts";

/** What this process shows of itself. */
interface OwnView {
  readonly gateway: Pick<Gateway, "health" | "circuitChanges" | "recent" | "responses">;
  readonly clock: Clock;
  /** Undefined where there is no other process. */
  readonly worker: WorkerParts | undefined;
}

const topics = {
  circuits: "circuits",
  command: "circuit",
  holds: "circuit.holds",
  inFlight: "in-flight",
  live: "live",
} as const;

interface Commanded {
  readonly id: string;
  readonly command: CircuitCommand;
}

/** What operators see of all processes of a group, and do to all of them. */
export interface GroupView {
  readonly circuits: AdminContext["circuits"];
  readonly gather: LiveSources["gather"];
}

/** A process that does not answer within a second is left out of what is shown. */
export function groupView({ gateway, clock, worker }: OwnView): GroupView {
  const { health, circuitChanges, recent, responses } = gateway;
  const circuitsPart = (): CircuitsPart => ({
    process: worker?.start.slot ?? null,
    circuits: health.circuits(clock.monotonicMs()),
    changes: circuitChanges.latest,
  });
  const livePart = (since: number | null): LivePart => ({
    ...circuitsPart(),
    recent: recent.frame(since),
    running: responses.running,
  });
  const inFlight = (names: readonly string[]): number[] =>
    names.map((name) => health.inFlight(name, clock.monotonicMs()));
  const command = (id: string, what: CircuitCommand): number =>
    health.command(id, what, clock.monotonicMs());
  const own = () => health.circuits(clock.monotonicMs());
  if (worker === undefined) {
    const ofAll = () => Promise.resolve(mergedCircuits([circuitsPart()]));
    return {
      circuits: { own, command, ofAll, inFlight: async (names) => inFlight(names) },
      gather: (since, take) => take({ parts: [livePart(since)], isWhole: true }),
    };
  }
  const { link } = worker;
  link.answer(topics.circuits, circuitsPart);
  link.answer(topics.live, (since) => livePart(since as number | null)); // asked below
  link.answer(topics.inFlight, (names) => inFlight(names as readonly string[])); // asked below
  link.subscribe(topics.command, (commanded) => {
    const { id, command: what } = commanded as Commanded; // published below
    command(id, what);
  });
  shareHolds(health, { clock, worker });
  return {
    circuits: {
      own,
      command(id, what) {
        link.publish(topics.command, { id, command: what } satisfies Commanded);
        return command(id, what);
      },
      async ofAll() {
        const { parts } = await asked<CircuitsPart>(worker, circuitsPart(), [topics.circuits]);
        return mergedCircuits(parts);
      },
      async inFlight(names) {
        const { parts } = await asked(worker, inFlight(names), [topics.inFlight, names]);
        return names.map((_, at) => parts.reduce((sum, each) => sum + (each[at] ?? 0), 0));
      },
    },
    gather(since, take) {
      void asked(worker, livePart(since), [topics.live, since]).then(take);
    },
  };
}

/** What administrators hold outlives the process that they have asked. */
function shareHolds(
  health: Pick<HealthTree, "holds" | "keepHeld">,
  { clock, worker: { link } }: { readonly clock: Clock; readonly worker: WorkerParts },
): void {
  link.answer(topics.holds, () => health.holds);
  void link.ask(topics.holds).then((answers) => {
    // Each of them is what `holds` has returned in another process.
    const holds = (answers as HealthTree["holds"][]).flat();
    health.keepHeld(holds, clock.monotonicMs());
  });
}

/** What this process and the others answer; `own` is asked for at the same time. */
async function asked<Part>(
  { link, start }: WorkerParts,
  own: Part,
  [topic, data]: readonly [topic: string, data?: unknown],
): Promise<Gathered<Part>> {
  const others = link.workers.filter(
    ({ slot, state }) => state === "serving" && slot !== start.slot,
  ).length;
  // The others are this program, and answer what `own` is of this process.
  const answers = (await link.ask(topic, data ?? null)) as Part[];
  return { parts: [own, ...answers], isWhole: answers.length >= others };
}
