/**
 * `npm run bench:streams`: what many streams and sessions cost one process (PRF-5, PRF-6).
 *
 *   npm run bench:streams -- [--only=many,idle,frames] [--streams=N] [--sessions=N] [--save]
 */
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { freePorts } from "../free-ports.ts";
import { describeMachine } from "../machine.ts";
import { PinnedProcesses } from "../pinned-processes.ts";
import { rssMb } from "../process-tree.ts";
import { cores } from "../run-load.ts";
import { resultsFolder } from "../saved-report.ts";
import { benchKey, sekishoConfig } from "../sekisho-config.ts";
import { requestFor, startUpstream } from "../upstream.ts";
import type { FrameCost } from "./frame-loop.ts";
import type { HoldPlan, HoldResult } from "./hold-load.ts";
import { frameLines, idleLines, manyLines, reportOf } from "./streams-report.ts";

/** Half of the streams are events, a connection each; the others have ten to a session. */
const streamsOfSession = 10;
const settleMs = 3_000;
const holdMs = 20_000;
const idleMs = 60_000;
const withinMs = 240_000;

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "many,idle,frames" },
    streams: { type: "string", default: "10000" },
    sessions: { type: "string", default: "10000" },
    save: { type: "boolean", default: false },
  },
});
const folder = mkdtempSync(join(tmpdir(), "sekisho-bench-"));
const lines: string[] = [];
{
  await using processes = new PinnedProcesses(folder);
  const measures = {
    many: () => measureMany(processes, Number(values.streams)),
    idle: () => measureIdle(processes, Number(values.sessions)),
    frames: () => measureFrames(processes),
  };
  for (const [name, measure] of Object.entries(measures)) {
    if (!values.only.split(",").includes(name)) continue;
    const told = await measure();
    lines.push(...told);
    process.stdout.write(`${told.join("\n")}\n`);
  }
}
rmSync(folder, { recursive: true, force: true });
if (values.save) {
  const machine = { at: new Date().toISOString(), ...describeMachine() };
  writeFileSync(join(resultsFolder, "streams.md"), reportOf(machine, lines));
}

interface Gateway {
  readonly port: number;
  readonly pid: number;
  readonly data: string;
}

/** One that has served already: what it compiles and buffers for the first ones is no stream's. */
async function startGateway(
  processes: PinnedProcesses,
  upstreamPort: number,
  streams: { readonly heartbeatMs?: number } = {},
): Promise<Gateway> {
  const [port = 0] = await freePorts(1);
  const data = join(folder, `data-${port}`);
  const config = join(folder, `${port}.json`);
  writeFileSync(config, JSON.stringify({ ...calmConfig(upstreamPort), streams }));
  const flags = ["--port", String(port), "--data", data, "--config", config, "--json"];
  const { pid } = await processes.start("sekisho", cores.gateway, {
    command: [process.execPath, "server/bin.js", "start", ...flags],
    env: { BENCH_KEY: benchKey, BENCH_UPSTREAM_KEY: "bench" },
    ready: "line",
  });
  const gateway = { port, pid, data };
  await hold(processes, gateway, { sse: 200, sessions: 20, streams: 10, holdMs: 0, short: true });
  await hold(processes, gateway, { sse: 0, sessions: 500, streams: 0, holdMs: 2_000, short: true });
  await sleep(settleMs);
  return gateway;
}

/** A machine that is busy with other things makes streams late: no reason to refuse any. */
function calmConfig(upstreamPort: number): object {
  type Named = Readonly<Record<string, object>>;
  // As `sekishoConfig` writes it.
  const config = JSON.parse(sekishoConfig(upstreamPort)) as { models: Named; providers: Named };
  const each = (all: Named, more: object): Named =>
    Object.fromEntries(Object.entries(all).map(([name, one]) => [name, { ...one, ...more }]));
  return {
    ...config,
    models: each(config.models, {
      timeouts: { firstTokenMs: withinMs, betweenTokensMs: withinMs },
    }),
    providers: each(config.providers, { pool: { connectMs: 60_000 } }),
    shedding: { lagMs: null, queueAgeMs: null },
  };
}

interface Load {
  readonly sse: number;
  readonly sessions: number;
  readonly streams: number;
  readonly holdMs: number;
  readonly short: boolean;
}

async function hold(
  processes: PinnedProcesses,
  { port, pid }: Gateway,
  { sse, sessions, streams, holdMs: forMs, short }: Load,
): Promise<HoldResult> {
  const { path, headers, body } = requestFor(short ? "burst" : "durable", 1_024);
  const head = [
    `POST ${path} HTTP/1.1`,
    "host: 127.0.0.1",
    "content-type: application/json",
    `content-length: ${body.length}`,
    `authorization: Bearer ${benchKey}`,
    "x-sekisho-resumable: true",
    ...headers,
  ];
  const { stream: _, ...request } = JSON.parse(body.toString()) as Record<string, unknown>;
  const plan: HoldPlan = {
    port,
    pid,
    key: benchKey,
    sse: { count: sse, request: `${head.join("\r\n")}\r\n\r\n${body.toString("latin1")}` },
    sessions: { count: sessions, streams, request },
    perSecond: 1_000,
    holdMs: forMs,
    withinMs,
  };
  const file = join(folder, "plan.json");
  writeFileSync(file, JSON.stringify(plan));
  const output = await processes.output("load", cores.load, {
    command: [process.execPath, join(import.meta.dirname, "hold-load.ts"), file],
    env: {},
    withinMs: withinMs + 60_000,
  });
  // The other end of this line is hold-load.ts.
  return JSON.parse(output) as HoldResult;
}

async function measureMany(processes: PinnedProcesses, streams: number): Promise<string[]> {
  const upstream = await startUpstream(processes, cores.load);
  // Heartbeats stand where a machine that is busy with other things makes streams wait: events are
  // counted, and comments with them.
  const gateway = await startGateway(processes, upstream.port, { heartbeatMs: 60_000 });
  const beforeMb = rssMb(gateway.pid);
  const sse = Math.floor(streams / 2);
  const sessions = Math.ceil((streams - sse) / streamsOfSession);
  const load = { sse, sessions, streams: streamsOfSession, holdMs, short: false };
  const result = await hold(processes, gateway, load);
  const keptBytes = readdirSync(gateway.data)
    .filter((name) => /^streams-\d+\.db$/.test(name))
    .reduce((sum, name) => sum + statSync(join(gateway.data, name)).size, 0);
  await upstream.program.stop(1_000);
  return manyLines({ ...result, streams, beforeMb, keptBytes });
}

async function measureIdle(processes: PinnedProcesses, sessions: number): Promise<string[]> {
  const upstream = await startUpstream(processes, cores.load);
  const gateway = await startGateway(processes, upstream.port);
  await upstream.program.stop(1_000);
  const beforeMb = rssMb(gateway.pid);
  const load = { sse: 0, sessions, streams: 0, holdMs: idleMs, short: false };
  return idleLines({ ...(await hold(processes, gateway, load)), sessions, beforeMb });
}

async function measureFrames(processes: PinnedProcesses): Promise<string[]> {
  const loop = join(import.meta.dirname, "frame-loop.ts");
  const output = await processes.output("frames", cores.gateway, {
    command: [process.execPath, loop, String(cores.load)],
    env: {},
    withinMs: 60_000,
  });
  // The other end of this line is frame-loop.ts.
  return frameLines(JSON.parse(output) as FrameCost);
}
