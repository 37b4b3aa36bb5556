import { freePorts } from "./free-ports.ts";
import type { PinnedProcesses, RunningProgram } from "./pinned-processes.ts";
import { requestBody, requestHeaders, requestPath, type ClientDialect } from "./request-body.ts";

export interface Upstream {
  readonly port: number;
  readonly program: RunningProgram;
}

interface Pace {
  readonly model: string;
  /** What the client speaks, and what a gateway is told that the upstream speaks for the model. */
  readonly client: ClientDialect;
  readonly provider: ClientDialect;
  /** The simulator streams one token per chunk. */
  readonly answerTokens: number;
  /** 0: all chunks in one write. */
  readonly tokensPerSecond: number;
}

const openai = { client: "openai", provider: "openai" } as const;
const burst = { answerTokens: 64, tokensPerSecond: 0 } as const;

/** How the upstream treats a request, chosen by the model that the request names. */
const paces = {
  answer: { ...openai, model: "bench-json", answerTokens: 120, tokensPerSecond: 0 },
  /** The answer of the first request is given to all others. */
  cached: { ...openai, model: "bench-cached", answerTokens: 120, tokensPerSecond: 0 },
  /** One request, sent again and again under one name. */
  repeated: { ...openai, model: "bench-repeated", answerTokens: 120, tokensPerSecond: 0 },
  burst: { ...openai, ...burst, model: "bench-burst" },
  paced: { ...openai, model: "bench-paced", answerTokens: 64, tokensPerSecond: 200 },
  hold: { ...openai, model: "bench-hold", answerTokens: 12, tokensPerSecond: 1 },
  holdShort: { ...openai, model: "bench-hold-short", answerTokens: 5, tokensPerSecond: 1 },
  durable: { ...openai, model: "bench-durable", answerTokens: 60, tokensPerSecond: 1 },
  translated: { ...burst, model: "bench-translated", client: "openai", provider: "bedrock" },
  converse: { ...burst, model: "bench-converse", client: "bedrock", provider: "bedrock" },
  messages: { ...burst, model: "bench-messages", client: "anthropic", provider: "anthropic" },
} as const satisfies Record<string, Pace>;

export type Behaviour = keyof typeof paces;

/** The models that the upstream answers for, and the dialect in which a gateway is to ask. */
export const upstreamModels: readonly Pick<Pace, "model" | "provider">[] = Object.values(paces);

/** What the client of such a request speaks. */
export const clientOf = (behaviour: Behaviour): ClientDialect => paces[behaviour].client;

/** Content chunks of a stream; 0 for an answer in one piece. */
export function chunksOf(behaviour: Behaviour): number {
  return isWhole(behaviour) ? 0 : paces[behaviour].answerTokens;
}

const wholes: ReadonlySet<Behaviour> = new Set<Behaviour>(["answer", "cached", "repeated"]);
const isWhole = (behaviour: Behaviour): boolean => wholes.has(behaviour);

/** Whose answers a gateway may give again. */
export const cachedModel = paces.cached.model;

/** Starts the simulator as a process of its own and tells it the behaviours. */
export async function startUpstream(processes: PinnedProcesses, core: number): Promise<Upstream> {
  const [port = 0] = await freePorts(1);
  const command = [process.execPath, "simulator/main.ts", "--port", String(port)];
  const program = await processes.start("upstream", core, { command, env: {}, ready: "line" });
  const rules = Object.entries(paces).map(([name, pace]) => ({
    name,
    match: { model: pace.model },
    answerTokens: pace.answerTokens,
    tokensPerSecond: pace.tokensPerSecond,
  }));
  const response = await fetch(`http://127.0.0.1:${port}/_sim/scenario`, {
    method: "POST",
    body: JSON.stringify({ rules }),
  });
  if (!response.ok) throw new Error(`Cannot set up upstream: ${await response.text()}`);
  return { port, program };
}

export interface BenchRequest {
  readonly path: string;
  /** Header lines of the dialect's own. */
  readonly headers: readonly string[];
  readonly body: Buffer;
}

/** The request that makes the upstream behave so. */
export function requestFor(behaviour: Behaviour, bytes: number): BenchRequest {
  const { model, client: dialect } = paces[behaviour];
  const shape = { dialect, model, stream: !isWhole(behaviour) };
  const path = requestPath(shape);
  const named = behaviour === "repeated" ? ["idempotency-key: bench"] : [];
  const headers = [...requestHeaders[dialect], ...named];
  return { path, headers, body: requestBody({ ...shape, bytes }) };
}
