import { setTimeout as sleep } from "node:timers/promises";
import { GatewayUnderTest } from "../../harness/gateway-under-test.ts";
import { lookedInto, ProcessMemory, type HeldMemory } from "../../harness/process-memory.ts";
import { RawClient } from "../../harness/raw-client.ts";
import { residentBytes } from "../../harness/resident-memory.ts";
import { sessionOpening } from "../../harness/session-frames.ts";
import { steeredConfig } from "../../harness/steered-config.ts";
import { until } from "../../harness/until.ts";
import { EvenUpstream, type EvenAnswers } from "./even-upstream.ts";

/** How answers are read: events of a plain call, of one that can be resumed, or a session's. */
export const readerKinds = ["plain", "resumable", "session"] as const;
export type ReaderKind = (typeof readerKinds)[number];

export interface ReaderPlan extends EvenAnswers {
  readonly readers: number;
  readonly kinds: readonly ReaderKind[];
  /** Infinity: as fast as it comes. */
  readonly bytesPerSecond: number;
}

export interface ReaderFigures {
  readonly before: HeldMemory;
  /** While everything waits for the readers; the most of both. */
  readonly meanwhile: HeldMemory;
  readonly peakResidentBytes: number;
  /** Connections that were closed before their answer was whole. */
  readonly cut: number;
  /** Of calls for short answers, each after the other. */
  readonly alone: readonly number[];
  readonly beside: readonly number[];
}

const sampleMs = 250;
const restMs = 20;
const aloneMs = 6_000;
const warmCalls = 400;
const openWithinMs = 60_000;

/** Has so many readers read at a pace, and looks at what the gateway holds meanwhile. */
export async function runReaders(plan: ReaderPlan): Promise<ReaderFigures> {
  await using upstream = await EvenUpstream.start(plan);
  await using gateway = await GatewayUnderTest.start({
    config: (url) => configFor(url, upstream.url),
    env: lookedInto,
  });
  using memory = await ProcessMemory.of(gateway.server);
  const { pid } = gateway.server;
  for (let n = 0; n < warmCalls; n += 1) await call(gateway);
  const alone = await callsFor(gateway, sleep(aloneMs));
  const before = await memory.held();

  using readers = openReaders(gateway, plan);
  await until(
    "each stream has begun",
    () => (upstream.running === plan.readers ? true : null),
    openWithinMs,
  );
  const running = upstream.run();
  using peak = watchPeak(pid);
  // The process stands still while its garbage is counted: calls beside it are timed before.
  const beside = await callsFor(gateway, sleep(plan.durationMs * 0.7));
  const middle = await memory.held();
  await Promise.race([running, sleep(plan.durationMs * 0.3)]);
  const late = await memory.held();
  return {
    before,
    meanwhile: {
      liveBytes: Math.max(middle.liveBytes, late.liveBytes),
      residentBytes: Math.max(middle.residentBytes, late.residentBytes),
    },
    peakResidentBytes: peak.bytes,
    cut: readers.cut,
    alone,
    beside,
  };
}

function watchPeak(pid: number) {
  let bytes = 0;
  const sampling = setInterval(() => (bytes = Math.max(bytes, residentBytes(pid))), sampleMs);
  return {
    get bytes() {
      return bytes;
    },
    [Symbol.dispose]() {
      clearInterval(sampling);
    },
  };
}

const configFor = (simulatorUrl: string, upstreamUrl: string) => {
  const config = steeredConfig(simulatorUrl);
  const provider = { kind: "simulator" as const, region: "r", baseUrl: `${upstreamUrl}/v1` };
  const patient = { firstTokenMs: 60_000, betweenTokensMs: 60_000, attemptMs: 120_000 };
  return {
    ...config,
    providers: { ...config.providers, even: { ...provider, pool: { connectMs: 60_000 } } },
    models: {
      ...config.models,
      even: {
        targets: [{ provider: "even", model: "gpt-4-turbo" }],
        attempts: { max: 1 },
        timeouts: patient,
      },
    },
  };
};

const request = {
  model: "even",
  max_tokens: 1_000,
  messages: [{ role: "user", content: "Go on" }],
};

async function call(gateway: GatewayUnderTest): Promise<number> {
  const startedMs = performance.now();
  const answer = await gateway.post("/v1/chat/completions", request);
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`A call was answered ${answer.status}: ${text}`);
  return performance.now() - startedMs;
}

async function callsFor(gateway: GatewayUnderTest, over: Promise<unknown>): Promise<number[]> {
  let isOver = false;
  void over.then(() => (isOver = true));
  const tookMs: number[] = [];
  while (!isOver) {
    tookMs.push(await call(gateway));
    await sleep(restMs);
  }
  return tookMs;
}

function openReaders(gateway: GatewayUnderTest, plan: ReaderPlan) {
  const { kinds, bytesPerSecond } = plan;
  let cut = 0;
  const clients = Array.from({ length: plan.readers }, (_, n) => {
    const client = new RawClient(gateway.url, openingOf(gateway.key, kinds[n % kinds.length]));
    client.socket.once("close", () => (cut += 1));
    client.socket.removeAllListeners("data");
    if (bytesPerSecond === Infinity) client.socket.resume();
    // Without a listener the socket would not even fill its own buffer.
    else client.socket.on("readable", () => {});
    return client;
  });
  const sip = setInterval(() => {
    if (bytesPerSecond < Infinity) for (const { socket } of clients) socket.read(bytesPerSecond);
  }, 1_000);
  return {
    get cut() {
      return cut;
    },
    [Symbol.dispose]() {
      clearInterval(sip);
      for (const client of clients) client[Symbol.dispose]();
    },
  };
}

function openingOf(key: string, kind: ReaderKind = "plain"): string | Buffer {
  if (kind === "session") return sessionOpening(key, [{ type: "start", id: "1", request }]);
  const body = JSON.stringify({ ...request, stream: true });
  const resumable = kind === "resumable" ? "x-sekisho-resumable: true\r\n" : "";
  return (
    `POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${key}\r\n` +
    `content-type: application/json\r\n${resumable}` +
    `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  );
}
