/**
 * The load of the streams' bench, a program of its own: opens streams over server-sent events and
 * over sessions, holds them, and prints one HoldResult.
 */
import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { rssMb } from "../process-tree.ts";
import { HeldSessions } from "./held-sessions.ts";
import { HeldSse } from "./held-sse.ts";
import { HoldTally, type HeldStreams } from "./hold-tally.ts";
import { PeakWatch } from "./peak-watch.ts";

export interface HoldPlan {
  readonly port: number;
  readonly key: string;
  /** The gateway's. */
  readonly pid: number;
  readonly sse: { readonly count: number; readonly request: string };
  readonly sessions: {
    readonly count: number;
    readonly streams: number;
    readonly request: object;
  };
  /** New connections a second. */
  readonly perSecond: number;
  /** How long it is looked at once everything is open. */
  readonly holdMs: number;
  readonly withinMs: number;
}

export interface HoldResult {
  readonly errors: number;
  readonly firstError: string;
  /** Streams, or sessions where they have none. */
  readonly most: number;
  readonly ends: Readonly<Record<string, number>>;
  readonly openedMs: number;
  readonly openedMb: number;
  readonly peakMb: number;
  readonly files: number;
  /** Of one core, while everything was open. */
  readonly coreShare: number;
  /** Bytes that the gateway gave to the disk in all. */
  readonly writtenBytes: number;
}

const stepMs = 10;
const lookMs = 500;

const plan = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8")) as HoldPlan; // of main.ts
process.stdout.write(`${JSON.stringify(await hold(plan))}\n`, () => process.exit(0));

async function hold({ sse, sessions, pid, ...rest }: HoldPlan): Promise<HoldResult> {
  const streams = sse.count + sessions.count * sessions.streams;
  const tally = new HoldTally(streams);
  const writtenBefore = writtenBytes(pid);
  const request = Buffer.from(sse.request, "latin1");
  const held = new HeldSessions(
    { ...sessions, sessions: sessions.count, port: rest.port, key: rest.key },
    tally,
  );
  const all: readonly HeldStreams[] = [
    held,
    new HeldSse({ port: rest.port, request, count: sse.count }, tally),
  ];
  const startedMs = performance.now();
  for (const each of all) await open(each, rest.perSecond);
  const isOpen = (): boolean => tally.isFull && held.authenticated === sessions.count;
  while (!isOpen() && performance.now() - startedMs < rest.withinMs) await sleep(lookMs);
  const openedMs = performance.now() - startedMs;
  const openedMb = rssMb(pid);
  const files = readdirSync(`/proc/${pid}/fd`).length;
  const peak = new PeakWatch(pid);
  await peak.watch(rest.holdMs, () => false);
  const coreShare = peak.coreShare();
  await peak.watch(rest.withinMs - (performance.now() - startedMs), () => tally.isOver);
  if (!tally.isOver) tally.failed("streams did not end in time");
  for (const each of all) each.close();
  const { errors, firstError, most, ends } = tally;
  return {
    errors,
    firstError,
    most: streams === 0 ? held.authenticated : most,
    ends: Object.fromEntries(ends),
    openedMs,
    openedMb,
    peakMb: Math.max(openedMb, peak.mb),
    files,
    coreShare,
    writtenBytes: writtenBytes(pid) - writtenBefore,
  };
}

async function open(held: HeldStreams, perSecond: number): Promise<void> {
  const perStep = Math.max(1, Math.round((perSecond * stepMs) / 1_000));
  for (let index = 0; index < held.count; index += 1) {
    held.open(index);
    if (index % perStep === perStep - 1) await sleep(stepMs);
  }
}

function writtenBytes(pid: number): number {
  return Number(/^write_bytes: (\d+)/m.exec(readFileSync(`/proc/${pid}/io`, "utf8"))?.[1] ?? 0);
}
