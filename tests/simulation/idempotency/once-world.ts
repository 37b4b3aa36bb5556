import { Buffer } from "node:buffer";
import type { Call } from "@sekisho/gateway/call.ts";
import type { OnceCall } from "@sekisho/gateway/calls/once-calls.ts";
import { idempotencyMigrations } from "@sekisho/gateway/idempotency/store/migrations.sql.ts";
import type { Response } from "@sekisho/gateway/responses/response.ts";
import { MemoryStreamDisk } from "@sekisho/gateway/responses/store/memory-files-fixture.ts";
import { endOf, entriesOf } from "@sekisho/gateway/responses/streams.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { IdSource } from "@sekisho/lib/ids/id-source.ts";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { migrate } from "@sekisho/lib/storage/database/migrate.ts";
import { MemoryDisk } from "@sekisho/lib/storage/memory/memory-disk.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { Code } from "@sekisho/wire/canonical/codes.data.ts";
import { entryKind } from "@sekisho/wire/canonical/event.ts";
import { noUsage } from "@sekisho/wire/canonical/usage.ts";
import { Dice } from "../base/dice.ts";
import { Violation } from "../base/violation.ts";
import { keepMs, OnceProcess, type OnceMutant } from "./once-process.ts";

/** How a call ends: whole, or with a code that is kept, or with one that may pass. */
type Fate = null | "content_filtered" | "upstream_unavailable";

/** A call that reached the provider. */
interface Sent {
  readonly id: string;
  readonly name: string;
  readonly body: string;
  /** By the wall clock, when its name was taken. */
  readonly takenMs: number;
  readonly process: OnceProcess;
  said: string;
  end: "runs" | "whole" | Code;
}

interface Asked {
  readonly id: string;
  readonly name: string;
  readonly body: string;
  readonly process: OnceProcess;
  /** How often the wall clock had been set by then. */
  readonly steps: number;
  outcome: string | null;
}

const processes = 2;
/** What a commit takes at most. */
const slackMs = 50;
const openCalls = [
  {
    number: 1,
    name: "open_calls",
    sql: "CREATE TABLE open_calls (id TEXT PRIMARY KEY, slot INTEGER NOT NULL) STRICT;",
  },
] as const;

/** Nobody reads to its end: others may go on, and it is asked for anew. */
const passing = new Set(["upstream_unavailable", "client_closed"]);

/**
 * Two processes on one folder, and clients that ask with few names: racers, repetitions, other
 * bodies, some of whom leave; calls that fail, processes that are killed, a wall clock that steps.
 */
export class OnceWorld {
  readonly #clock = new VirtualClock();
  readonly #dice: Dice;
  readonly #ids: IdSource;
  readonly #books = new MemoryDisk(this.#clock);
  readonly #streamDisks = Array.from(
    { length: processes },
    () => new MemoryStreamDisk(this.#clock),
  );
  readonly #mutant: OnceMutant | null;
  readonly #running: OnceProcess[] = [];
  readonly #sent: Sent[] = [];
  readonly #asked = new Map<string, Asked>();
  /** Names of calls that a killed process had under way. */
  readonly #cutOff = new Set<string>();
  /** Names with a request that a killed process may have begun. */
  readonly #cutNames = new Set<string>();
  #steps = 0;
  #violation: Error | null = null;

  constructor(seed: number, mutant: OnceMutant | null) {
    const random = new SeededRandom(seed);
    this.#dice = new Dice(random.fork("world"));
    this.#ids = new IdSource(this.#clock, random.fork("ids"));
    this.#mutant = mutant;
    migrate(this.#books.database, [...openCalls, ...idempotencyMigrations], this.#clock);
    for (let slot = 0; slot < processes; slot += 1) this.#running.push(this.#start(slot));
  }

  /** Throws what did not hold. */
  async play(): Promise<void> {
    const dice = this.#dice.fork("scenario");
    const names = ["a", "b", "c"].slice(0, dice.whole(1, 3));
    for (let n = dice.whole(6, 16); n > 0; n -= 1) {
      const atMs = dice.between(0, dice.chance(0.5) ? 40 : 2_500);
      const [name, slot] = [dice.pick(names), dice.whole(0, processes - 1)];
      const body = dice.chance(0.85) ? '{"say":1}' : '{"say":2}';
      this.#clock.after(atMs, () => void this.#ask(slot, name, body));
    }
    for (let n = dice.whole(0, 2); n > 0; n -= 1) {
      const slot = dice.whole(0, processes - 1);
      this.#clock.after(dice.between(0, 2_500), () => this.#kill(slot));
    }
    if (dice.chance(0.4)) {
      const byMs = dice.pick([-3_000, 1_000, keepMs + 1, 60_000]);
      this.#clock.after(dice.between(0, 2_000), () => {
        this.#steps += 1;
        this.#clock.stepWall(byMs);
      });
    }
    for (let n = 0; n < 120 && this.#violation === null; n += 1) await this.#clock.elapse(50);
    if (this.#violation !== null) throw this.#violation;
    this.#checkEnd();
  }

  #start(slot: number): OnceProcess {
    return new OnceProcess(slot, {
      clock: this.#clock,
      books: this.#books,
      streamDisks: this.#streamDisks,
      mutant: this.#mutant,
      dispatched: (call, response, process) => this.#dispatched(call, response, process),
    });
  }

  #kill(slot: number): void {
    const dying = this.#running[slot];
    if (dying === undefined || dying.isDead) return;
    dying.kill();
    for (const each of this.#sent) {
      if (each.process === dying && each.end === "runs") this.#cutOff.add(each.id);
    }
    for (const each of this.#asked.values()) {
      if (each.process !== dying || each.outcome !== null) continue;
      each.outcome = "lost";
      this.#cutNames.add(each.name);
    }
    this.#clock.after(this.#dice.between(1, 800), () => {
      const next = this.#start(slot);
      void next.recover().then(() => (this.#running[slot] = next));
    });
  }

  async #ask(slot: number, name: string, body: string): Promise<void> {
    const process = this.#running[slot];
    if (process === undefined || process.isDead) return;
    const asked: Asked = {
      id: this.#ids.newBody(),
      name,
      body,
      process,
      steps: this.#steps,
      outcome: null,
    };
    this.#asked.set(asked.id, asked);
    try {
      const begun = await process.ask(asked.id, name, body);
      const leave = begun.answer.attach();
      if (begun.isRepeated) this.#checkGiven(asked, begun);
      if (this.#dice.chance(0.2)) {
        this.#clock.after(this.#dice.between(0, 300), () => {
          asked.outcome ??= "left";
          leave();
        });
      }
      await endOf(begun.answer.log);
      if (!process.isDead) this.#checkRead(asked, begun);
      leave();
      asked.outcome ??= "answered";
    } catch (error) {
      this.#guard(() => this.#checkRefused(asked, error));
    }
  }

  /** One call for a name, as long as it stands. */
  #dispatched(call: Call, response: Response, process: OnceProcess): void {
    const asked = this.#asked.get(call.id);
    if (asked === undefined) return;
    const { name, body } = asked;
    const takenMs = this.#clock.wallMs();
    const before = this.#sent.filter((each) => each.name === name).at(-1);
    const isStanding =
      before !== undefined &&
      !passing.has(before.end) &&
      asked.steps === this.#steps &&
      takenMs < before.takenMs + keepMs - slackMs;
    this.#guard(() => {
      if (isStanding) {
        throw new Violation("STR-13 one call", `${name} is sent though ${before.end} stands`);
      }
    });
    const id = call.id;
    const sent: Sent = { id, name, body, takenMs, process, said: "", end: "runs" };
    this.#sent.push(sent);
    this.#speak(sent, response);
  }

  #speak(sent: Sent, response: Response): void {
    const dice = this.#dice.fork(`call ${this.#sent.length}`);
    const fate: Fate = dice.chance(0.7)
      ? null
      : dice.pick(["content_filtered", "upstream_unavailable"] as const);
    const clock = sent.process.clock;
    let left = dice.whole(1, 8);
    const fail = (code: Code): void => {
      sent.end = code;
      response.fail(new Failure<Code>(code, code), null);
    };
    response.cancelledBy(() => {
      left = -1;
      fail("client_closed");
    });
    const say = (): void => {
      if (left < 0) return;
      if (fate !== null) return fail(fate);
      if (left === 0) {
        sent.end = "whole";
        return response.complete(completion);
      }
      left -= 1;
      const words = Buffer.from(`${sent.id}.${left};`);
      sent.said += words.toString();
      response.log.appendBytes(words, { start: 0, end: words.length }, entryKind.content);
      response.log.publish();
      clock.after(dice.between(1, 120), say);
    };
    clock.after(dice.between(1, 200), say);
  }

  /** What a request is given is an answer to the same body, and its name stands for it yet. */
  #checkGiven({ name, body }: Asked, { answer }: OnceCall): void {
    this.#guard(() => {
      const of = this.#asked.get(answer.head.id);
      if (of === undefined) throw new Violation("STR-13 given", "of a call that nobody asked for");
      if (of.name !== name || of.body !== body) {
        throw new Violation("STR-13 given", `${name} ${body} is given ${of.name} ${of.body}`);
      }
      // Others may see the intent before its own process goes on to the provider.
      const { takenMs = Infinity } = this.#sent.find(({ id }) => id === of.id) ?? {};
      if (this.#clock.wallMs() >= takenMs + keepMs + slackMs) {
        throw new Violation("STR-13 window", "an answer is given whose time is over");
      }
      const last = answer.log.ended ? entriesOf(answer.log)?.at(-1)?.payload : undefined;
      if (last === undefined || Buffer.isBuffer(last) || last.type !== "error") return;
      if (last.code !== "stream_interrupted") return;
      throw new Violation("STR-13 given", "an answer that a crash has cut off is given again");
    });
  }

  /** Everybody is given the same: what the provider said. */
  #checkRead({ name }: Asked, { answer }: OnceCall): void {
    this.#guard(() => {
      const of = this.#sent.find(({ id }) => id === answer.head.id);
      if (of === undefined && this.#cutNames.has(name)) return;
      const entries = entriesOf(answer.log);
      if (of === undefined || entries === null) {
        throw new Violation("STR-13 bytes", `${name}: the answer is kept nowhere`);
      }
      const said = entries.map(({ payload }) => (Buffer.isBuffer(payload) ? payload : "")).join("");
      const isPart = of.said.startsWith(said) && this.#cutOff.has(of.id);
      if (said === of.said || isPart) return;
      throw new Violation("STR-13 bytes", `${name}: ${said} is not ${of.said}`);
    });
  }

  #checkRefused(asked: Asked, error: unknown): void {
    if (asked.process.isDead) return;
    const code = error instanceof Failure ? error.code : String(error);
    asked.outcome ??= code;
    const named = this.#sent.filter(({ name }) => name === asked.name);
    const others = [...this.#asked.values()].filter(({ name }) => name === asked.name);
    const wasCut = this.#cutNames.has(asked.name) || named.some(({ id }) => this.#cutOff.has(id));
    const justified: Readonly<Record<string, boolean>> = {
      idempotency_mismatch: others.some(({ body }) => body !== asked.body),
      outcome_unknown: wasCut,
      // The records of other processes can be read here.
      idempotency_in_progress: wasCut,
    };
    if (justified[code] === true) return;
    throw new Violation("STR-13 refusal", `${asked.name} is refused with ${code}`);
  }

  #checkEnd(): void {
    for (const { name, outcome } of this.#asked.values()) {
      if (outcome === null) throw new Violation("SIM-8 liveness", `${name} waits for ever`);
    }
    for (const { isDead, open, streams } of this.#running) {
      if (isDead || (open === 0 && streams.running === 0)) continue;
      throw new Violation("SIM-8 liveness", `${open} calls, ${streams.running} streams are left`);
    }
  }

  #guard(check: () => void): void {
    try {
      check();
    } catch (error) {
      this.#violation ??= error instanceof Error ? error : new Error(String(error));
    }
  }
}

const completion = {
  served: {
    target: { provider: "p", region: "r", upstreamModel: "m" } as never, // nothing else is read
    attempts: 1,
    dropped: [],
  },
  costNanoUsd: 1,
  usage: noUsage,
  timing: { firstTokenMs: 0, latencyMs: 0 },
  headers: [],
};
