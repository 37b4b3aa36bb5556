import { Violation } from "./base/violation.ts";
import type { Sometimes } from "./base/sometimes.ts";
import { IntentBook } from "./checks/intent-book.ts";
import { ModelClient } from "./clients/model-client.ts";
import { checkEnd } from "./final-check.ts";
import type { Mutant } from "./mutants/mutant.ts";
import { Observer } from "./observer.ts";
import type { WorldKind } from "./options.ts";
import { ProviderFleet } from "./providers/provider-fleet.ts";
import { restMs } from "./scenario/draw-scenario.ts";
import type { RequestPlan, Scenario } from "./scenario/scenario.ts";
import { ServerLife } from "./server-life.ts";
import { Stage } from "./stage.ts";

/** How a world ended. */
export interface WorldOutcome {
  readonly kind: WorldKind;
  readonly seed: number;
  /** Null when every rule held. */
  readonly violation: Violation | null;
  /** Over every observable step: two runs of one seed are equal in it. */
  readonly traceHash: string;
  readonly trace: readonly string[];
  readonly steps: number;
  /** Without the rest before the probes, in which nothing happens. */
  readonly virtualMs: number;
  readonly requests: number;
  readonly sometimes: Sometimes;
}

export interface WorldOptions {
  readonly mutant?: Mutant;
  readonly keepsTrace?: boolean;
}

/** A world that takes more is in a loop. */
const stepsLimit = 3_000_000;

/** Continues when every promise job that is ready, and those they make ready, has run. */
const promiseJobs = (): Promise<void> => new Promise((resolve) => process.nextTick(resolve));

/** The gateway with its clients, its providers and its machine, in virtual time (SIM-7). */
export class World {
  readonly #stage: Stage;
  readonly #fleet: ProviderFleet;
  readonly #observer: Observer;
  readonly #intents: IntentBook;
  readonly #life: ServerLife;
  #steps = 0;

  constructor(scenario: Scenario, { mutant, keepsTrace }: WorldOptions = {}) {
    const stage = new Stage(scenario, mutant ?? null, keepsTrace === true);
    this.#stage = stage;
    this.#fleet = new ProviderFleet(
      {
        clock: stage.clock,
        dice: stage.dice.fork("providers"),
        trace: (line) => stage.trace(line),
        defect: (error) => stage.defect(error),
        senderOf: (n) => this.#observer.senderOf(n),
        dispatched: (record) => this.#observer.dispatched(record),
        delivered: (record) => this.#observer.delivered(record),
        closed: (record) => this.#observer.closed(record),
      },
      scenario,
    );
    this.#observer = new Observer(stage, (n) => this.#fleet.recordsOf(n));
    this.#intents = new IntentBook(this.#observer);
    this.#observer.lookUpIn(this.#intents);
    this.#life = new ServerLife({
      stage,
      intents: this.#intents,
      providers: this.#fleet,
      observer: this.#observer,
    });
  }

  /** Plays the world to its end. Whatever goes wrong in it is its outcome, never an exception. */
  async play(): Promise<WorldOutcome> {
    using stage = this.#stage;
    let violation: Violation | null = null;
    try {
      this.#schedule();
      await this.#run();
      checkEnd({
        stage,
        life: this.#life,
        fleet: this.#fleet,
        intents: this.#intents,
        observer: this.#observer,
      });
    } catch (error) {
      violation = violationOf(error);
      stage.trace(`violation ${violation.message}`);
    }
    return {
      kind: "gateway",
      seed: stage.scenario.seed,
      violation,
      traceHash: stage.digest(),
      trace: stage.lines,
      steps: this.#steps,
      virtualMs: stage.nowMs - restMs,
      requests: stage.scenario.requests.length,
      sometimes: stage.sometimes,
    };
  }

  #schedule(): void {
    const { scenario, clock } = this.#stage;
    this.#life.start();
    for (const plan of scenario.requests) clock.after(plan.atMs, () => this.#ask(plan));
    for (const disturbance of scenario.disturbances) {
      clock.after(disturbance.atMs, () => this.#life.disturb(disturbance));
    }
  }

  #ask(plan: RequestPlan): void {
    const { clock, dice, scenario } = this.#stage;
    const client = new ModelClient(plan, {
      clock,
      dice: dice.fork(`client ${plan.n}`),
      trace: (line) => this.#stage.trace(line),
      accept: () => (head, connection) => {
        const exchange = this.#life.accept(head, connection);
        this.#observer.accepted(plan.n, exchange);
        return exchange;
      },
      ended: (ended) => this.#observer.clientEnded(ended),
    });
    this.#observer.clients.set(plan.n, {
      plan,
      alias: scenario.gateway.aliases.find(({ name }) => name === plan.alias) ?? null,
      client,
      exchange: null,
      log: null,
      arrivedMs: null,
      bodyEndedMs: null,
      planned: null,
      goneMs: null,
      lostServer: false,
      wasDestroyed: false,
    });
    client.start();
  }

  async #run(): Promise<void> {
    const { clock } = this.#stage;
    await promiseJobs();
    while (clock.runNext()) {
      await promiseJobs();
      this.#stage.throwDefect();
      this.#life.check();
      this.#steps += 1;
      if (this.#steps > stepsLimit) throw new Violation("SIM-8", `more than ${stepsLimit} steps`);
    }
  }
}

const violationOf = (error: unknown): Violation =>
  error instanceof Violation
    ? error
    : new Violation("exception", error instanceof Error ? (error.stack ?? error.message) : "?");
