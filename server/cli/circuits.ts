import {
  circuitSeverity,
  type CircuitCommand,
  type CircuitList,
  type CircuitView,
} from "@sekisho/wire/admin/circuits.ts";
import { AdminClient } from "./admin-client.ts";
import type { Invocation, Run } from "./command.ts";
import type { Exit } from "./exit-codes.data.ts";
import { formatMs } from "./format-figures.ts";
import { formatTable, printable, type Column } from "./table.ts";

const columns: readonly Column[] = [
  { title: "LEVEL", align: "left" },
  { title: "ID", align: "left" },
  { title: "STATE", align: "left" },
  { title: "FORCED", align: "left" },
  { title: "FAILURES", align: "right" },
  { title: "RETRY IN MS", align: "right" },
  { title: "SHARE", align: "right" },
  { title: "DRAINED", align: "left" },
];

/** Only where one target has several circuits. */
const forModels: Column = { title: "FOR MODELS", align: "left" };

/** Only where several processes do not agree: the rest of the row is of the worst. */
const inProcesses: Column = { title: "IN PROCESSES", align: "left" };

function tableOf(circuits: readonly CircuitView[]): string {
  const more = [
    { column: forModels, cellOf: ({ aliases }: CircuitView) => aliases?.join(", ") ?? "" },
    { column: inProcesses, cellOf: statesInProcesses },
  ].filter(({ cellOf }) => circuits.some((each) => cellOf(each) !== ""));
  return formatTable(
    [...columns, ...more.map(({ column }) => column)],
    circuits.map((each) => [...rowOf(each), ...more.map(({ cellOf }) => cellOf(each))]),
  );
}

/** `1 open, 2 closed`, by the places of the processes; empty where they agree. */
function statesInProcesses({ processes = [] }: CircuitView): string {
  if (new Set(processes.map(({ state }) => state)).size < 2) return "";
  return processes.map(({ process, state }) => `${process} ${state}`).join(", ");
}

const rowOf = (circuit: CircuitView): readonly string[] => [
  circuit.level,
  circuit.id,
  circuit.state,
  circuit.forced ?? "",
  `${circuit.recentFailures}/${circuit.failureThreshold}`,
  circuit.retryInMs === null ? "" : formatMs(circuit.retryInMs),
  circuit.state === "open" || circuit.isDrained ? "" : shareInWords(circuit.share),
  circuit.isDrained ? "yes" : "",
];

/** To the nearest percent: a target that starts slowly begins with 10 %. */
export const shareInWords = (share: number): string => `${Math.round(share * 100)} %`;

/** `open for 12,000 ms`, `region open`, `forced closed`, `closed`: the worst of a target's. */
export function stateInWords(circuits: readonly CircuitView[]): string {
  const [worst] = circuits.toSorted(
    (one, other) => circuitSeverity[other.state] - circuitSeverity[one.state],
  );
  if (worst === undefined) return "";
  if (worst.forced !== null) return `forced ${worst.forced}`;
  const isOwn = worst.level === "target" || worst.state === "closed";
  const what = isOwn ? worst.state : `${worst.level} ${worst.state}`;
  return worst.retryInMs === null ? what : `${what} for ${formatMs(worst.retryInMs)} ms`;
}

export async function listCircuits(invocation: Invocation): Promise<Exit> {
  const { options, terminal } = invocation;
  // The server's own type: what is no answer of ours was refused by the client.
  const list = (await AdminClient.connect(invocation).get("/admin/circuits")) as CircuitList;
  if (options.has("json")) {
    terminal.out(`${JSON.stringify(list)}\n`);
    return "ok";
  }
  terminal.out(tableOf(list.circuits));
  const drained = printable(list.drained.join(", "));
  if (drained !== "") terminal.err(`drained: ${drained}\n`);
  return "ok";
}

const done: Readonly<Record<CircuitCommand, string>> = {
  "force-open": "is held open: no call goes there until it is reset or the server starts again",
  "force-close": "is held closed: calls go there whatever happens, until it is reset",
  reset: "is closed, and its failures are forgotten",
};

const commanding =
  (command: CircuitCommand): Run =>
  async (invocation) => {
    const { args, options, terminal } = invocation;
    const [id = ""] = args;
    const path = `/admin/circuits/${encodeURIComponent(id)}`;
    const client = AdminClient.connect(invocation);
    // See listCircuits.
    const list = (await client.send("POST", path, { command })) as CircuitList;
    const meant = list.circuits.filter((each) => id === "*" || each.id === id);
    if (options.has("json")) {
      terminal.out(`${JSON.stringify({ circuits: meant })}\n`);
      return "ok";
    }
    const what = id === "*" ? `Each of ${meant.length} circuits` : `Circuit ${id}`;
    terminal.err(`${printable(`${what} ${done[command]}`)}.\n`);
    terminal.out(tableOf(meant));
    return "ok";
  };

export const forceOpen = commanding("force-open");
export const forceClose = commanding("force-close");
export const resetCircuit = commanding("reset");
