import { codes, type Code } from "@sekisho/wire/canonical/codes.data.ts";
import { entryKind, type CanonicalEvent } from "@sekisho/wire/canonical/event.ts";
import { interruptedStreams } from "@sekisho/gateway/responses/interrupted-streams.ts";
import { Response } from "@sekisho/gateway/responses/response.ts";
import type { FoundStream } from "@sekisho/gateway/responses/found-stream.ts";
import {
  MemoryStreamDisk,
  MemoryStreamFiles,
} from "@sekisho/gateway/responses/store/memory-files-fixture.ts";
import { RecentStreamStore } from "@sekisho/gateway/responses/store/recent.ts";
import { hourOf, SqliteStreamStore } from "@sekisho/gateway/responses/store/sqlite.ts";
import { Streams } from "@sekisho/gateway/responses/streams.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import { IdSource } from "@sekisho/lib/ids/id-source.ts";
import type { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { TimerWheel } from "@sekisho/lib/time/timer-wheel.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { Dice } from "../base/dice.ts";

const keyId = "key_1";
const limits = { graceMs: 400, keepMs: 3_600_000, keptBytes: 1_000_000 };

/** A machine on which processes make one stream, die and come back. */
export class StreamMachine {
  readonly clock = new VirtualClock();
  readonly id: string;
  readonly #random: SeededRandom;
  readonly #dice: Dice;
  readonly #disk: MemoryStreamDisk;
  #files: MemoryStreamFiles;
  #streams: Streams;
  #response: Response;
  #wheel = new TimerWheel(this.clock);
  #said = 0;
  #isKilled = false;
  /** Power cuts take what was sent: the epoch rises then. */
  #bootedWallMs = 0;
  readonly #passes: boolean;

  constructor(dice: Dice, passes: boolean) {
    this.#dice = dice;
    this.#random = dice.random.fork("machine");
    this.#passes = passes;
    this.#disk = new MemoryStreamDisk(this.clock);
    this.#files = new MemoryStreamFiles(this.#disk, this.clock);
    this.#streams = this.#serve();
    this.id = new IdSource(this.clock, this.#random).newBody();
    this.#response = this.#begin();
  }

  get wheel(): TimerWheel {
    return this.#wheel;
  }

  get isOver(): boolean {
    return this.#response.isOver || this.#isKilled;
  }

  /** The stream as a client finds it now; null while it cannot be found yet. */
  find(): FoundStream | null {
    try {
      return this.#streams.find(this.id, keyId);
    } catch {
      return null;
    }
  }

  /** The provider says something: some entries of one turn. */
  say(): void {
    if (this.isOver) return;
    for (let count = this.#dice.whole(1, 4); count > 0; count -= 1) this.#sayOne();
    this.#response.log.publish();
  }

  finish(): void {
    if (this.isOver) return;
    const finish: CanonicalEvent = { type: "finish", reason: "stop", stopSequence: null };
    if (this.#passes) this.#appendBytes("data: [DONE]\n\n", entryKind.terminal);
    else this.#response.log.appendEvent(finish, entryKind.terminal);
    const timing = { firstTokenMs: 1, latencyMs: 2 };
    const usage = { input: 1, output: 1, cachedInput: 0, cacheWrites: 0, reasoning: 0 } as never;
    this.#response.complete({ served, costNanoUsd: 7, usage, timing, headers: [] });
  }

  cancel(): void {
    void this.find()?.cancel();
  }

  /** kill -9; with `power` the machine's own cache goes too. Whoever was connected is cut. */
  async kill(power: boolean): Promise<void> {
    this.#isKilled = true;
    this.#files.crash();
    if (power) {
      this.#disk.of(hourOf(this.clock.wallMs()))?.losePower(this.#random.fork("power"));
      this.#bootedWallMs = this.clock.wallMs() + 1;
    }
    this.#wheel = new TimerWheel(this.clock);
    this.#files = new MemoryStreamFiles(this.#disk, this.clock);
    this.#streams = this.#serve();
    const recovering = new SqliteStreamStore(this.#files, this.clock).recover(
      interruptedStreams(this.#bootedWallMs),
    );
    await this.settle(20);
    await recovering;
  }

  /** Lets everything happen that is due within so long. */
  async settle(ms: number): Promise<void> {
    for (let left = ms; left > 0; left -= 10) {
      this.clock.advanceBy(Math.min(10, left));
      for (let n = 0; n < 6; n += 1) await new Promise<void>((resolve) => queueMicrotask(resolve));
    }
  }

  #sayOne(): void {
    this.#said += 1;
    // One that no frame of a session holds comes now and then.
    const more = this.#dice.chance(0.05) ? "y".repeat(12_000) : this.#dice.pick(tails);
    const text = `${this.#said}${more}`;
    if (this.#passes) {
      this.#appendBytes(`data: ${JSON.stringify({ text })}\n\n`, entryKind.content);
      return;
    }
    this.#response.log.appendEvent({ type: "text", text }, entryKind.content);
  }

  #appendBytes(text: string, kind: number): void {
    const bytes = Buffer.from(text);
    this.#response.log.appendBytes(bytes, { start: 0, end: bytes.length }, kind);
  }

  #begin(): Response {
    const response = new Response(this.id, () => {});
    response.cancelledBy((cause) => {
      response.fail(new Failure<Code>(cause, codes[cause].meaning), null);
    });
    this.#streams.record(response, {
      id: this.id,
      keyId,
      tenant: "t",
      surface: "openai.responses",
      createdMs: this.clock.wallMs(),
      facts: { model: "m", streamUsage: true, repeatedMembers: "", isStored: false },
    });
    response.commit(served);
    return response;
  }

  #serve(): Streams {
    return new Streams({
      store: new RecentStreamStore(new SqliteStreamStore(this.#files, this.clock), this.clock),
      clock: this.clock,
      wheel: this.#wheel,
      limits,
      lost: () => {},
    });
  }
}

const tails = ["", " é", " 👩‍👩‍👧‍👦", "\n\n", "x".repeat(300)];

// No more of a target is read here.
const served = { target: { region: "r" } as never, attempts: 1, dropped: [] };
