import type { CandidateName } from "./candidate.ts";
import type { TestName } from "./results.ts";
import type { Behaviour } from "./upstream.ts";

/** One kind of traffic. `title` heads its table. */
export interface Workload {
  readonly test: TestName;
  readonly title: string;
  readonly behaviour: Behaviour;
  /** Who takes part, where not everybody can. */
  readonly candidates?: readonly CandidateName[];
  readonly bodyBytes: number;
  readonly connections: number;
  /** Requests per second, 0 = saturation. */
  readonly rate: number;
  readonly rampMs: number;
  readonly warmMs: number;
  readonly measureMs: number;
}

/**
 * How long a Node program serves each kind of traffic before it is measured, alone on its core.
 * A JSON answer of Sekisho took 162 us in the first 2 s of load, then 101, 90, 86 and 85, and from
 * then on the same; one of the raw proxy 40, then 36.
 */
export const warmUpMs = 6_000;

const saturated = { rate: 0, rampMs: 0, bodyBytes: 1024 } as const;
const streams = { ...saturated, connections: 32, warmMs: 500, measureMs: 1800 } as const;

export const workloads: readonly Workload[] = [
  {
    ...saturated,
    test: "json",
    title: "JSON, 1 KB body, 64 connections, saturated",
    behaviour: "answer",
    connections: 64,
    warmMs: 600,
    measureMs: 2000,
  },
  {
    ...saturated,
    test: "json10k",
    title: "JSON, 10 KB body, 64 connections, saturated",
    behaviour: "answer",
    bodyBytes: 10_240,
    connections: 64,
    warmMs: 300,
    measureMs: 1400,
  },
  {
    ...streams,
    test: "burst",
    title: "Stream of 64 chunks in one upstream write, 32 connections, saturated",
    behaviour: "burst",
  },
  {
    ...saturated,
    test: "paced",
    title: "50 streams of 64 chunks, 200 chunks/s each",
    behaviour: "paced",
    connections: 50,
    // Streams that began together would end together, and the answers counted in a window would
    // depend on where it falls: they begin evenly over one stream's length.
    rampMs: 320,
    warmMs: 300,
    // At a sixth of a core, and CPU in ticks of 10 ms, a shorter window could not tell 5 %.
    measureMs: 2400,
  },
  {
    test: "lat",
    title: "JSON latency at 200 requests/s, open loop",
    behaviour: "answer",
    bodyBytes: 1024,
    connections: 32,
    rate: 200,
    rampMs: 100,
    warmMs: 400,
    measureMs: 2800,
  },
  {
    test: "ttft",
    title: "First token at 20 streams/s, open loop, 64 chunks at 200 chunks/s",
    behaviour: "paced",
    bodyBytes: 1024,
    connections: 64,
    rate: 20,
    rampMs: 100,
    warmMs: 300,
    measureMs: 2800,
  },
  {
    ...saturated,
    test: "cache",
    title: "JSON, 1 KB body, the kept answer of an earlier request, 64 connections, saturated",
    behaviour: "cached",
    candidates: ["sekisho"],
    connections: 64,
    warmMs: 600,
    measureMs: 2000,
  },
  {
    test: "cachelat",
    title: "Latency of kept answers at 200 requests/s, open loop",
    behaviour: "cached",
    candidates: ["sekisho"],
    bodyBytes: 1024,
    connections: 32,
    rate: 200,
    rampMs: 100,
    warmMs: 400,
    measureMs: 2800,
  },
  {
    ...saturated,
    test: "replay",
    title: "JSON, 1 KB body, the answer to an earlier request of the same name, 64 connections",
    behaviour: "repeated",
    candidates: ["sekisho"],
    connections: 64,
    warmMs: 600,
    measureMs: 2000,
  },
  {
    test: "replaylat",
    title: "Latency of repeated answers at 200 requests/s, open loop",
    behaviour: "repeated",
    candidates: ["sekisho"],
    bodyBytes: 1024,
    connections: 32,
    rate: 200,
    rampMs: 100,
    warmMs: 400,
    measureMs: 2800,
  },
  // Last: what a process has compiled for other dialects makes those before a little dearer.
  {
    ...streams,
    test: "translated",
    title: "Client of OpenAI, Bedrock's Converse stream of 64 deltas, signed, 32 connections",
    behaviour: "translated",
    candidates: ["sekisho"],
  },
  {
    ...streams,
    test: "converse",
    title: "Converse stream of 64 deltas passed through, signed, 32 connections",
    behaviour: "converse",
    candidates: ["haproxy", "raw", "sekisho"],
  },
  {
    ...streams,
    test: "messages",
    title: "Anthropic stream of 64 deltas passed through, 32 connections",
    behaviour: "messages",
    candidates: ["haproxy", "raw", "sekisho"],
  },
];
