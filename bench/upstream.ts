import { freePorts } from "./free-ports.ts";
import type { PinnedProcesses, RunningProgram } from "./pinned-processes.ts";
import { requestBody } from "./request-body.ts";

export interface Upstream {
  readonly port: number;
  readonly program: RunningProgram;
}

interface Pace {
  readonly model: string;
  /** The simulator streams one token per chunk. */
  readonly answerTokens: number;
  /** 0: all chunks in one write. */
  readonly tokensPerSecond: number;
}

/** How the upstream treats a request, chosen by the model that the request names. */
const paces = {
  answer: { model: "bench-json", answerTokens: 120, tokensPerSecond: 0 },
  burst: { model: "bench-burst", answerTokens: 64, tokensPerSecond: 0 },
  paced: { model: "bench-paced", answerTokens: 64, tokensPerSecond: 200 },
  hold: { model: "bench-hold", answerTokens: 12, tokensPerSecond: 1 },
  holdShort: { model: "bench-hold-short", answerTokens: 5, tokensPerSecond: 1 },
} as const satisfies Record<string, Pace>;

export type Behaviour = keyof typeof paces;

export const upstreamModels: readonly string[] = Object.values(paces).map(({ model }) => model);

/** Content chunks of a stream; 0 for an answer in one piece. */
export function chunksOf(behaviour: Behaviour): number {
  return behaviour === "answer" ? 0 : paces[behaviour].answerTokens;
}

/** Starts the simulator as a process of its own and tells it the behaviours. */
export async function startUpstream(processes: PinnedProcesses, core: number): Promise<Upstream> {
  const [port = 0] = await freePorts(1);
  const command = [process.execPath, "simulator/main.ts", "--port", String(port)];
  const program = await processes.start("upstream", core, { command, env: {}, ready: "line" });
  const rules = Object.entries(paces).map(([name, { model, ...pace }]) => ({
    name,
    match: { model },
    ...pace,
  }));
  const response = await fetch(`http://127.0.0.1:${port}/_sim/scenario`, {
    method: "POST",
    body: JSON.stringify({ rules }),
  });
  if (!response.ok) throw new Error(`Cannot set up upstream: ${await response.text()}`);
  return { port, program };
}

/** The request that makes the upstream behave so. */
export function requestFor(behaviour: Behaviour, bytes: number): Buffer {
  const { model } = paces[behaviour];
  return requestBody({ model, stream: behaviour !== "answer", bytes });
}
