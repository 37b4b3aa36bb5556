import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { OperatedGateway } from "../../tests/harness/operated-gateway.ts";
import { steeredConfig } from "../../tests/harness/steered-config.ts";
import { SseReader } from "../../tests/harness/sse-reader.ts";
import { DrillFailure } from "./drill-failure.ts";
import type { DrillContext, DrillReport, OwnDrill } from "./drill.ts";
import { atMost, equals } from "./findings.ts";
import { OpenLoop } from "./open-loop.ts";
import { pause } from "./pause.ts";

const model = "gpt-4-turbo";
const sayMs = 5_000;

/** What came of one stream. */
interface StreamAnswer {
  readonly status: number;
  readonly firstTokenMs: number;
}

const unsent: StreamAnswer = { status: 0, firstTokenMs: 0 };

/** The same load twice, once with second attempts. */
export const hedging: OwnDrill = {
  about:
    "5 % of streams are 10 times as slow: second attempts make p99 of the first token 70 % less",
  options: {
    rate: { about: "streams per second", standard: 40, min: 5, max: 500 },
    seconds: { about: "seconds of each of the two loads", standard: 60, min: 2, max: 3_600 },
    learning: { about: "seconds before that do not count", standard: 15, min: 1, max: 600 },
    first: { about: "milliseconds to the first token", standard: 200, min: 10, max: 5_000 },
    every: { about: "of so many calls at providers one is slow", standard: 20, min: 2, max: 1_000 },
    slowdown: { about: "how many times as slow", standard: 10, min: 1, max: 100 },
  },
  runOwn: (context) => new HedgingDrill(context).run(),
};

class HedgingDrill {
  readonly #context: Omit<DrillContext, "server">;

  constructor(context: Omit<DrillContext, "server">) {
    this.#context = context;
  }

  async run(): Promise<DrillReport> {
    const { option, say } = this.#context;
    await using operated = await OperatedGateway.start({ config });
    const { simulator } = operated.gateway;
    const usual = { name: "usual", firstTokenMs: option("first"), answerTokens: 20 };
    const [every, slowdown] = [option("every"), option("slowdown")];
    simulator.setScenarios([usual, { name: "stalled", match: { every }, slowdown }]);
    say(`one of ${every} calls takes ${slowdown} times as long to its first token`);
    const plain = await this.#play(operated, "plain");
    const hedged = await this.#play(operated, "hedged");
    const percent = { unit: " %", digits: 2 };
    const left = (100 * hedged.p99Ms) / plain.p99Ms;
    return {
      figures: { plain, hedged, p99LessPercent: 100 - left },
      findings: [
        equals("failed streams", `${plain.failed}, ${hedged.failed}`, "0, 0"),
        atMost("p99 of that without", left, { limit: 30, ...percent }),
        atMost("requests more", 100 * hedged.extraRequests, { limit: 5, ...percent }),
        atMost("spend more", 100 * hedged.extraSpend, { limit: 5, ...percent }),
        equals("ledger, bill", `${hedged.bookedNanoUsd}`, `${hedged.billedNanoUsd}`),
      ],
    };
  }

  async #play(operated: OperatedGateway, alias: string): Promise<HedgingFigures> {
    const { option, say, stop } = this.#context;
    const { gateway } = operated;
    const before = booksOf(operated);
    const load = new OpenLoop(
      { perSecond: option("rate") },
      () => streamFrom(operated, alias),
      unsent,
    );
    say(`${alias}: ${option("rate")} streams per second`);
    load.start();
    const startedMs = performance.now();
    const forMs = (option("learning") + option("seconds")) * 1_000;
    while (performance.now() - startedMs < forMs && !stop.aborted) {
      const restMs = forMs - (performance.now() - startedMs);
      await pause(Math.min(sayMs, restMs), stop);
      say(`${alias}: ${load.calls.length} streams`);
    }
    await load.stop();
    if (stop.aborted) throw new DrillFailure("Cannot finish the drill: it was interrupted");
    await gateway.settled();
    const after = booksOf(operated);
    const learntMs = startedMs + option("learning") * 1_000;
    const learnt = load.calls.filter(({ sentMs }) => sentMs >= learntMs);
    const times = learnt.map(({ firstTokenMs }) => firstTokenMs).toSorted((a, b) => a - b);
    const at = (share: number): number => times[Math.ceil(times.length * share) - 1] ?? 0;
    const streams = load.calls.length;
    const received = after.received - before.received;
    const paid = after.paidNanoUsd - before.paidNanoUsd;
    const booked = after.bookedNanoUsd - before.bookedNanoUsd;
    const figures: HedgingFigures = {
      streams,
      failed: load.calls.filter(({ status }) => status !== 200).length,
      p50Ms: at(0.5),
      p99Ms: at(0.99),
      extraRequests: (received - streams) / streams,
      extraSpend: (booked - paid) / paid,
      bookedNanoUsd: booked,
      billedNanoUsd: after.billedNanoUsd - before.billedNanoUsd,
      late: await lateOf(operated, alias),
    };
    const [p50, p99] = [figures.p50Ms.toFixed(0), figures.p99Ms.toFixed(0)];
    say(`${alias}: first token p50 ${p50} ms, p99 ${p99} ms`);
    const late = Object.entries(figures.late).map(([end, count]) => `${end} ${count}`);
    if (late.length > 0) say(`${alias}: second attempts: ${late.join(", ")}`);
    return figures;
  }
}

interface HedgingFigures {
  readonly streams: number;
  readonly failed: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** Requests at providers for each stream, beyond one. */
  readonly extraRequests: number;
  readonly extraSpend: number;
  readonly bookedNanoUsd: number;
  readonly billedNanoUsd: number;
  /** Streams whose first token was late, by what became of a second attempt. */
  readonly late: Readonly<Record<string, number>>;
}

function config(url: string): ConfigInput {
  const targets = [
    { provider: "near", model },
    { provider: "far", model },
  ];
  const breaker = { failures: 1_000 };
  return {
    ...steeredConfig(url),
    models: {
      plain: { targets, breaker },
      hedged: { targets, breaker, hedge: { enabled: true, paysUnanswered: false } },
    },
  };
}

interface Books {
  readonly received: number;
  /** By tenants. */
  readonly paidNanoUsd: number;
  /** Of all attempts. */
  readonly bookedNanoUsd: number;
  readonly billedNanoUsd: number;
}

function booksOf({ gateway }: OperatedGateway): Books {
  const { rows } = gateway.ledger;
  const sum = (isResponse: boolean): number =>
    rows
      .filter(({ attempt }) => (attempt === 0) === isResponse)
      .reduce((total, { costNanoUsd }) => total + costNanoUsd, 0);
  return {
    received: gateway.simulator.received,
    paidNanoUsd: sum(true),
    bookedNanoUsd: sum(false),
    billedNanoUsd: Number(gateway.simulator.bill().total.costNanoUsd),
  };
}

/** From `sekisho_hedges_total`. */
async function lateOf(operated: OperatedGateway, alias: string): Promise<Record<string, number>> {
  const metrics = await (await operated.admin("GET", "/metrics")).text();
  const line = /^sekisho_hedges_total\{alias="(?<of>[^"]*)",end="(?<end>[^"]*)"\} (?<count>\d+)$/gm;
  const found = [...metrics.matchAll(line)].filter(({ groups }) => groups?.["of"] === alias);
  return Object.fromEntries(
    found.map(({ groups }) => [groups?.["end"] ?? "", Number(groups?.["count"])]),
  );
}

/** Never rejects: what fails has status 0. */
async function streamFrom({ gateway }: OperatedGateway, alias: string): Promise<StreamAnswer> {
  const startedMs = performance.now();
  try {
    const response = await gateway.chat("Hello", { model: alias, stream: true, max_tokens: 32 });
    const reader = new SseReader(response);
    let firstTokenMs = 0;
    for (let event = await reader.next(); event !== null; event = await reader.next()) {
      if (firstTokenMs === 0 && /"content":"[^"]/.test(event.data)) {
        firstTokenMs = performance.now() - startedMs;
      }
    }
    return { status: response.status, firstTokenMs };
  } catch {
    return unsent;
  }
}
