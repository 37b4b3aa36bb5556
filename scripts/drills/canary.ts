import type { AuditPage } from "@sekisho/wire/admin/audit.ts";
import type { SplitView } from "@sekisho/wire/admin/splits.ts";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { OperatedGateway } from "../../tests/harness/operated-gateway.ts";
import { soleModel, steeredConfig } from "../../tests/harness/steered-config.ts";
import { DrillFailure } from "./drill-failure.ts";
import type { DrillContext, DrillReport, OwnDrill } from "./drill.ts";
import { atMost, equals } from "./findings.ts";
import { OpenLoop } from "./open-loop.ts";
import { pause } from "./pause.ts";

const lookMs = 200;
const sayMs = 1_000;
/** What other processes and calls under way may take to follow. */
const settledMs = 1_000;
const sessions = 2_000;

/** What came of one call of the split. */
interface ArmAnswer {
  readonly status: number;
  readonly session: string;
  readonly arm: string | null;
  readonly overMs: number;
}

const unsent: ArmAnswer = { status: 0, session: "", arm: null, overMs: 0 };

/** A canary that fails, and one that is well. */
export const canary: OwnDrill = {
  about: "a canary with 10 % errors is rolled back by itself; a healthy one reaches 100 %",
  options: {
    rate: { about: "calls per second", standard: 200, min: 10, max: 1_000 },
    errors: { about: "share of the calls of the canary that fail", standard: 0.1, min: 0, max: 1 },
    requests: {
      about: "calls of the canary by which it is judged",
      standard: 100,
      min: 5,
      max: 10_000,
    },
    window: {
      about: "seconds of the window",
      standard: 300,
      min: 2,
      max: 3_600,
    },
    step: {
      about: "seconds that a step lasts at least, in place of 300",
      standard: 2,
      min: 0.1,
      max: 3_600,
    },
    first: { about: "percent of the first step", standard: 1, min: 1, max: 9 },
  },
  runOwn: (context) => new CanaryDrill(context).run(),
};

class CanaryDrill {
  readonly #context: Omit<DrillContext, "server">;
  #sent = 0;
  #saidMs = 0;

  constructor(context: Omit<DrillContext, "server">) {
    this.#context = context;
  }

  async run(): Promise<DrillReport> {
    const { option, say } = this.#context;
    await using operated = await OperatedGateway.start({ config: (url) => this.#config(url) });
    say(`${option("rate")} calls per second of ${sessions} sessions to a split of two arms`);
    const broken = await this.#play(operated, option("errors"));
    const well = await this.#play(operated, 0);
    const audit = await rollbacksIn(operated);
    const windowS = option("window");
    const inTime = broken.tookMs === null ? null : broken.tookMs / 1_000;
    return {
      figures: { broken, well, rollbacksAudited: audit },
      findings: [
        equals("the failing canary", broken.end, "rolled_back"),
        atMost("rolled back after", inTime, { limit: windowS, unit: " s", digits: 1 }),
        equals("rollbacks, audit rows", `${broken.rollbacks}, ${audit}`, "1, 1"),
        atMost("calls to it behind that", broken.callsBehind, { limit: 0 }),
        equals("the healthy canary", well.end, "completed"),
        equals("its steps", well.steps.join(", "), this.#steps.join(", ")),
        atMost("its rollbacks", well.rollbacks, { limit: 0 }),
        atMost("failed calls with it", well.failed, { limit: 0 }),
        atMost("sessions that went back", well.wentBack, { limit: 0 }),
      ],
    };
  }

  get #steps(): number[] {
    return [this.#context.option("first"), 10, 50, 100];
  }

  #config(url: string): ConfigInput {
    const { option } = this.#context;
    const minRequests = option("requests");
    return {
      ...steeredConfig(url),
      models: {
        old: soleModel("near", "gpt-4-turbo"),
        fresh: soleModel("near", "gpt-3.5-turbo"),
        ab: {
          split: { old: 1, fresh: 0 },
          rollback: { minRequests, windowMs: option("window") * 1_000 },
          canary: { steps: this.#steps, minRequests, minMs: option("step") * 1_000 },
        },
      },
    };
  }

  /** From the begin of a canary, of whose calls so many fail, to its end. */
  async #play(operated: OperatedGateway, probability: number): Promise<CanaryFigures> {
    const { option, say, stop } = this.#context;
    const { simulator } = operated.gateway;
    const match = { model: "gpt-3.5-turbo", probability };
    simulator.setScenarios(probability === 0 ? [] : [{ name: "errors", match, fault: "500" }]);
    const load = new OpenLoop({ perSecond: option("rate") }, () => this.#call(operated), unsent);
    const { phase: before } = await viewOf(operated);
    load.start();
    let view: SplitView;
    const startedMs = performance.now();
    let endedMs = startedMs;
    try {
      await operated.sekisho("splits", "canary", "ab", "fresh");
      say(`the canary begins; ${Math.round(probability * 100)} % of its calls fail`);
      do {
        await pause(lookMs, stop);
        view = await viewOf(operated);
        this.#say(view, startedMs);
      } while (view.canary !== null && !stop.aborted);
      endedMs = performance.now();
      say(view.changes[0]?.words ?? "");
      await pause(2 * settledMs, stop);
      view = await viewOf(operated);
    } finally {
      await load.stop();
    }
    if (stop.aborted) throw new DrillFailure("Cannot finish the drill: it was interrupted");
    return figuresOf(view, { before, startedMs, endedMs, calls: load.calls });
  }

  async #call({ gateway }: OperatedGateway): Promise<ArmAnswer> {
    const session = `s-${this.#sent++ % sessions}`;
    const rest = { model: "ab", max_tokens: 4 };
    const response = await gateway.chat("Hello", rest, { "x-sekisho-session": session });
    await response.arrayBuffer();
    const { status, headers } = response;
    return { status, session, arm: headers.get("x-sekisho-arm"), overMs: performance.now() };
  }

  #say({ canary: now, arms }: SplitView, startedMs: number): void {
    if (performance.now() - this.#saidMs < sayMs) return;
    this.#saidMs = performance.now();
    const fresh = arms.find(({ arm }) => arm === "fresh");
    if (now === null || fresh === undefined) return;
    const atS = ((performance.now() - startedMs) / 1_000).toFixed(0).padStart(4);
    const calls = `${now.requests} of ${now.minRequests} calls`;
    this.#context.say(`${atS} s  canary at ${now.steps[now.at]} %  ${calls}`);
  }
}

interface CanaryFigures {
  readonly end: string;
  /** The shares that it had, in percent. */
  readonly steps: readonly number[];
  readonly tookMs: number | null;
  readonly rollbacks: number;
  readonly words: string;
  readonly calls: number;
  readonly failed: number;
  readonly callsOfCanary: number;
  /** Of the canary, sent a second after it was rolled back. */
  readonly callsBehind: number;
  /** Sessions that were with the canary and came back while its share grew. */
  readonly wentBack: number;
}

interface Played {
  readonly before: number;
  readonly startedMs: number;
  readonly endedMs: number;
  readonly calls: readonly (ArmAnswer & { readonly sentMs: number })[];
}

function figuresOf({ changes }: SplitView, played: Played): CanaryFigures {
  const own = changes.filter(({ phase }) => phase > played.before).toReversed();
  const last = own.at(-1);
  const { calls, startedMs, endedMs } = played;
  const isRolledBack = last?.event === "rolled_back";
  const fresh = calls.filter(({ arm }) => arm === "fresh");
  return {
    end: last?.event ?? "none",
    steps: own
      .filter(({ event }) => event === "canary_began" || event === "stepped")
      .map(({ words }) => Number(/ has ([\d.]+) % of/.exec(words)?.[1])),
    tookMs: last === undefined ? null : endedMs - startedMs,
    rollbacks: own.filter(({ event }) => event === "rolled_back").length,
    words: last?.words ?? "",
    calls: calls.length,
    failed: calls.filter(({ status }) => status !== 200).length,
    callsOfCanary: fresh.length,
    callsBehind: isRolledBack
      ? fresh.filter(({ sentMs }) => sentMs > endedMs + settledMs).length
      : 0,
    wentBack: isRolledBack ? 0 : wentBackIn(calls),
  };
}

/** In the order in which calls were sent, one session's one after the other. */
function wentBackIn(calls: Played["calls"]): number {
  const onCanary = new Set<string>();
  const back = new Set<string>();
  for (const { session, arm } of calls.toSorted((one, other) => one.sentMs - other.sentMs)) {
    if (arm === "fresh") onCanary.add(session);
    else if (onCanary.has(session)) back.add(session);
  }
  return back.size;
}

const viewOf = async (operated: OperatedGateway): Promise<SplitView> => {
  const answer = await operated.admin("GET", "/admin/splits/ab");
  // The server's own answer.
  return (await answer.json()) as SplitView;
};

const rollbacksIn = async (operated: OperatedGateway): Promise<number> => {
  const answer = await operated.admin("GET", "/admin/audit?event=admin.split.rolled_back");
  // The server's own answer.
  return ((await answer.json()) as AuditPage).rows.length;
};
