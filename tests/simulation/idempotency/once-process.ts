import { Buffer } from "node:buffer";
import type { Admitted } from "@sekisho/gateway/admission/admission.ts";
import type { Arrival } from "@sekisho/gateway/arrival.ts";
import type { Call } from "@sekisho/gateway/call.ts";
import type { ClaimStore } from "@sekisho/gateway/idempotency/claim-store.ts";
import { Claims } from "@sekisho/gateway/idempotency/claims.ts";
import { SqliteClaimStore } from "@sekisho/gateway/idempotency/store/sqlite.ts";
import { CallRepeated } from "@sekisho/gateway/observe/call-repeated.ts";
import { readableLog } from "@sekisho/gateway/observe/log-fixture.ts";
import { OnceCalls, type OnceCall, type OnceStages } from "@sekisho/gateway/calls/once-calls.ts";
import { interruptedStreams } from "@sekisho/gateway/responses/interrupted-streams.ts";
import type { FoundStream } from "@sekisho/gateway/responses/found-stream.ts";
import { Response } from "@sekisho/gateway/responses/response.ts";
import {
  MemoryStreamFiles,
  type MemoryStreamDisk,
} from "@sekisho/gateway/responses/store/memory-files-fixture.ts";
import { RecentStreamStore } from "@sekisho/gateway/responses/store/recent.ts";
import { SharedStreamStore } from "@sekisho/gateway/responses/store/shared.ts";
import { SqliteStreamStore } from "@sekisho/gateway/responses/store/sqlite.ts";
import { Streams } from "@sekisho/gateway/responses/streams.ts";
import type { SurfaceHead, SurfaceRequest } from "@sekisho/gateway/request.ts";
import type { MemoryDisk } from "@sekisho/lib/storage/memory/memory-disk.ts";
import { MemoryWriter } from "@sekisho/lib/storage/memory/memory-writer.ts";
import { Metrics } from "@sekisho/lib/telemetry/metrics.ts";
import { TimerWheel } from "@sekisho/lib/time/timer-wheel.ts";
import type { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { MortalClock } from "../base/mortal-clock.ts";

export const keepMs = 4_000;
export const graceMs = 300;

/** A mistake that the checks must find: it changes one part of a process. */
export interface OnceMutant {
  readonly name: string;
  readonly mistake: string;
  readonly store?: (store: ClaimStore) => ClaimStore;
  readonly answer?: (answer: FoundStream | null) => FoundStream | null;
  readonly isOpen?: (isOpen: boolean) => boolean;
  /** The body that requests are told apart by. */
  readonly fingerprinted?: (body: string) => string;
}

export interface OnceMachine {
  readonly clock: VirtualClock;
  /** The books that all processes share. */
  readonly books: MemoryDisk;
  readonly streamDisks: readonly MemoryStreamDisk[];
  readonly mutant: OnceMutant | null;
  /** The provider answers a call that was sent: it speaks into the response and ends it. */
  readonly dispatched: (call: Call, response: Response, process: OnceProcess) => void;
}

/** One of the processes on a data folder, with what of it deals with idempotency keys. */
export class OnceProcess {
  readonly slot: number;
  readonly calls: OnceCalls;
  readonly streams: Streams;
  readonly clock: MortalClock;
  isDead = false;
  /** Calls that were admitted and are not over. */
  open = 0;
  readonly #machine: OnceMachine;
  readonly #writer: MemoryWriter;
  readonly #files: MemoryStreamFiles;

  constructor(slot: number, machine: OnceMachine) {
    const { mutant, books } = machine;
    this.slot = slot;
    this.#machine = machine;
    const clock = new MortalClock(machine.clock);
    this.clock = clock;
    this.#writer = new MemoryWriter({ disk: books, clock, onLoss: () => {} });
    const filesOf = (disk: MemoryStreamDisk) => new MemoryStreamFiles(disk, clock);
    const [own, ...others] = [
      ...machine.streamDisks.filter((_, n) => n === slot),
      ...machine.streamDisks.filter((_, n) => n !== slot),
    ].map(filesOf);
    if (own === undefined) throw new RangeError(`Cannot start the process ${slot}`);
    this.#files = own;
    const neighbours = others.map((files) => new SqliteStreamStore(files, clock));
    const recent = new RecentStreamStore(new SqliteStreamStore(own, clock), clock);
    const store = new SharedStreamStore(recent, () => neighbours);
    this.streams = new Streams({
      store,
      clock,
      wheel: new TimerWheel(clock),
      limits: { graceMs, keepMs: 3_600_000, keptBytes: 1_000_000 },
      lost: () => {},
    });
    const reader = books.openReader();
    const claimed: ClaimStore = new SqliteClaimStore(reader);
    const isOpen = (id: string): boolean =>
      reader.get("SELECT 1 FROM open_calls WHERE id = ?", [id]) !== undefined;
    const claims = new Claims<FoundStream>({
      store: mutant?.store?.(claimed) ?? claimed,
      clock,
      limits: () => ({ keepMs, contentWindowMs: 0, replayMs: 0, awsRetries: false }),
      answerOf: (id) => {
        const answer = this.streams.recall(id);
        return mutant?.answer === undefined ? answer : mutant.answer(answer);
      },
      isOpen: (id) => mutant?.isOpen?.(isOpen(id)) ?? isOpen(id),
      enqueue: (writes) => this.#writer.enqueue(writes),
    });
    const repeated = new CallRepeated(readableLog("error").log, new Metrics());
    const read = (): SurfaceRequest => ({ surface: "openai.chat" }) as SurfaceRequest;
    const { streams } = this;
    this.calls = new OnceCalls({ stages: this.#stages(), read, claims, streams, repeated });
  }

  /** What the process before it in its place has left open, closed. */
  async recover(): Promise<void> {
    await new SqliteStreamStore(this.#files, this.clock).recover(interruptedStreams(0));
    const sql = "DELETE FROM open_calls WHERE slot = ?";
    await this.#writer.commit([{ sql, params: [this.slot] }], "process");
  }

  ask(id: string, name: string, body: string): Promise<OnceCall> {
    const told = this.#machine.mutant?.fingerprinted?.(body) ?? body;
    const arrival = {
      id,
      isGone: () => false,
      body: () => Promise.resolve(Buffer.from(told)),
    } as unknown as Arrival; // nothing else is asked of it here
    const headOf = () => ({
      id,
      keyId: "k",
      tenant: "t",
      surface: "openai.chat" as const,
      createdMs: this.clock.wallMs(),
      facts: { model: "m", streamUsage: true, repeatedMembers: "", isStored: false },
    });
    return this.calls.run(arrival, { name, headOf });
  }

  kill(): void {
    this.isDead = true;
    this.clock.die();
    this.#writer.crash();
    this.#files.crash();
  }

  #stages(): OnceStages<SurfaceHead> {
    return {
      admit: async (arrival, read) => {
        this.open += 1;
        const said = { surface: "openai.chat" } as const;
        const body = await arrival.body();
        const request = read(said, body);
        const principal = { tenant: "t", keyId: "k" };
        const call = { id: arrival.id, principal, request, attribution: {} } as unknown as Call;
        // nothing else is read of it here
        return { call, said, body, known: null } as unknown as Admitted<SurfaceHead>;
      },
      begin: async ({ call }, _arrival, { besides, record }) => {
        const sql = "INSERT INTO open_calls (id, slot) VALUES (?, ?)";
        const intent = { sql, params: [call.id, this.slot] };
        await this.#writer.commit([...besides.writes, intent], "process");
        const response = new Response(call.id, () => (this.open -= 1));
        response.watch({
          stateChanged: (state) => {
            if (state.kind !== "complete" && state.kind !== "failed") return;
            const cause = state.kind === "failed" ? state.failure.code : null;
            const end = { sql: "DELETE FROM open_calls WHERE id = ?", params: [call.id] };
            this.#writer.enqueue([end, ...besides.ended(cause)]);
          },
        });
        record(response);
        this.#machine.dispatched(call, response, this);
      },
      remember() {},
      leave: () => (this.open -= 1),
    };
  }
}
