import { DrillFailure } from "./drill-failure.ts";
import type { ChatAnswer } from "./drill-server.ts";
import type { Drill, DrillContext, DrillReport } from "./drill.ts";
import { failureCauses } from "./failure-causes.ts";
import { atMost } from "./findings.ts";
import { OpenLoop, unsentChat } from "./open-loop.ts";
import { outageFigures, type OutageFigures, type OutageMarks } from "./outage-figures.ts";
import { pause } from "./pause.ts";

/** How often the region's health is looked at while its circuit is to open. */
const lookMs = 50;
const sayMs = 1_000;

const seconds = (about: string, standard: number) => ({ about, standard, min: 0.5, max: 3_600 });

/** One region answers 503 while calls come in at a fixed rate, and is well again. */
export const regionOutage: Drill = {
  about: "one region of several answers 503 under load: nobody notices, and it gets its share back",
  options: {
    rate: { about: "calls per second", standard: 50, min: 1, max: 1_000 },
    before: seconds("seconds before the outage", 10),
    outage: seconds("seconds that the region fails", 60),
    healed: seconds("seconds to wait at most for its full share", 180),
    "open-limit": seconds("limit: seconds to the open circuit", 2),
    "first-limit": seconds("limit: seconds to the first success after the outage", 50),
    "share-limit": seconds("limit: seconds to the full share after the outage", 120),
  },
  texts: { region: "the region that fails; by default the first one" },
  run: (context) => new Outage(context).run(),
};

class Outage {
  readonly #context: DrillContext;
  readonly #load: OpenLoop<ChatAnswer>;
  #region = "";
  #marks: OutageMarks = { startedMs: 0, failedMs: 0, openedMs: null, healedMs: 0, endedMs: 0 };

  constructor(context: DrillContext) {
    this.#context = context;
    this.#load = new OpenLoop(
      { perSecond: context.option("rate") },
      () => context.server.chat(),
      unsentChat,
    );
  }

  async run(): Promise<DrillReport> {
    const { server } = this.#context;
    this.#region = await this.#chooseRegion();
    this.#sayPlan();
    await server.disableFailures({ reset: true });
    const received = await server.received();
    this.#load.start();
    try {
      await this.#runPhases();
    } finally {
      await this.#load.stop();
    }
    const attempts = ((await server.received()) - received) / this.#load.sent;
    return this.#report(this.#figures(), attempts);
  }

  async #runPhases(): Promise<void> {
    const { server, option } = this.#context;
    this.#mark("startedMs");
    this.#mark("failedMs");
    try {
      await this.#watch("before", option("before"));
      await this.#fail();
      await this.#watch("outage", option("outage"));
    } finally {
      this.#mark("healedMs");
      await server.disableFailures({ reset: false });
    }
    await this.#watch("healed", option("healed"), () => this.#figures().fullShareAfterHealMs);
    this.#mark("endedMs");
  }

  async #chooseRegion(): Promise<string> {
    const { server, text } = this.#context;
    const regions = (await server.endpoints()).map(({ region }) => region);
    const region = text("region") ?? regions[0];
    if (region !== undefined && regions.length > 1 && regions.includes(region)) return region;
    const known = regions.join(", ") || "none";
    throw new DrillFailure(`Cannot fail region "${region}": the chat service has ${known}`);
  }

  #sayPlan(): void {
    const { option, say } = this.#context;
    const [before, outage, healed] = [option("before"), option("outage"), option("healed")];
    const all = before + outage;
    say(
      `${option("rate")} calls per second; after ${before} s ${this.#region} answers 503 for ` +
        `${outage} s, then until it has its share again, ${healed} s at most: ` +
        `${all} to ${all + healed} s in all`,
    );
  }

  #mark(name: keyof OutageMarks): void {
    this.#marks = { ...this.#marks, [name]: performance.now() };
  }

  #figures(): OutageFigures {
    const marks = { ...this.#marks, endedMs: this.#marks.endedMs || performance.now() };
    return outageFigures(this.#load.calls, marks, this.#region);
  }

  async #fail(): Promise<void> {
    const { server, say } = this.#context;
    say(`${this.#region} answers 503 from now on`);
    this.#mark("failedMs");
    await server.enableFailures({ region: this.#region });
  }

  /** Says each second what goes on, for so long or until `done` has found something. */
  async #watch(phase: string, forS: number, done: () => number | null = () => null): Promise<void> {
    const { say, stop } = this.#context;
    const untilMs = performance.now() + forS * 1_000;
    let saidMs = performance.now();
    let saidCalls = this.#load.calls.length;
    while (performance.now() < untilMs && !stop.aborted) {
      const isHealthy = await this.#look(phase);
      if (performance.now() - saidMs >= sayMs) {
        saidMs = performance.now();
        say(this.#line(phase, isHealthy, saidCalls));
        saidCalls = this.#load.calls.length;
        if (done() !== null) return;
      }
      await pause(Math.min(lookMs, untilMs - performance.now()), stop);
    }
  }

  async #look(phase: string): Promise<boolean> {
    const endpoints = await this.#context.server.endpoints();
    const isHealthy = endpoints.every((each) => each.region !== this.#region || each.healthy);
    if (phase === "outage" && !isHealthy && this.#marks.openedMs === null) this.#mark("openedMs");
    return isHealthy;
  }

  #line(phase: string, isHealthy: boolean, from: number): string {
    const lately = this.#load.calls.slice(from);
    const regions = new Map<string, number>();
    for (const { region } of lately) {
      regions.set(region ?? "nobody", (regions.get(region ?? "nobody") ?? 0) + 1);
    }
    const served = [...regions].map(([region, count]) => `${region} ${count}`).sort();
    const atS = ((performance.now() - this.#marks.startedMs) / 1_000).toFixed(0).padStart(4);
    const state = `${this.#region} ${isHealthy ? "well " : "rests"}`;
    const failed = failureCauses(lately);
    const parts = [`${atS} s`, phase.padEnd(6), state, served.join(", ")];
    parts.push(failed === "" ? "errors 0" : `errors: ${failed}`);
    return parts.join("  ");
  }

  #report(figures: OutageFigures, attemptsPerCall: number): DrillReport {
    const { option, say, stop } = this.#context;
    if (stop.aborted) throw new DrillFailure("Cannot finish the drill: it was interrupted");
    const causes = failureCauses(this.#load.calls);
    if (causes !== "") say(`failed calls: ${causes}`);
    const inSeconds = (ms: number | null): number | null => (ms === null ? null : ms / 1_000);
    const within = (name: string) => ({ limit: option(name), unit: " s", digits: 2 });
    const { openedAfterMs, firstSuccessAfterHealMs, fullShareAfterHealMs } = figures;
    return {
      figures: { region: this.#region, rate: option("rate"), attemptsPerCall, causes, ...figures },
      findings: [
        atMost("failed calls", figures.errors, { limit: 0 }),
        atMost("circuit open after", inSeconds(openedAfterMs), within("open-limit")),
        atMost("attempts per call", attemptsPerCall, { limit: 1.1, digits: 3 }),
        atMost("first success after", inSeconds(firstSuccessAfterHealMs), within("first-limit")),
        atMost("full share after", inSeconds(fullShareAfterHealMs), within("share-limit")),
      ],
    };
  }
}
