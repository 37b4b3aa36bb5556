import { Claims, type ClaimsParts } from "@sekisho/gateway/idempotency/claims.ts";
import { SqliteClaimStore } from "@sekisho/gateway/idempotency/store/sqlite.ts";
import { isOpenCall } from "@sekisho/gateway/ledger/store/sqlite.ts";
import { CallRepeated } from "@sekisho/gateway/observe/call-repeated.ts";
import type { GatewayLog } from "@sekisho/gateway/observe/gateway-log.ts";
import { OnceCalls, type OnceCallsParts } from "@sekisho/gateway/calls/once-calls.ts";
import { interruptedStreams } from "@sekisho/gateway/responses/interrupted-streams.ts";
import type { FoundStream } from "@sekisho/gateway/responses/found-stream.ts";
import {
  MemoryStreamFiles,
  type MemoryStreamDisk,
} from "@sekisho/gateway/responses/store/memory-files-fixture.ts";
import { SqliteStreamStore } from "@sekisho/gateway/responses/store/sqlite.ts";
import { Streams } from "@sekisho/gateway/responses/streams.ts";
import { validate } from "@sekisho/gateway/validate/validate.ts";
import type { Reader } from "@sekisho/lib/storage/reader.ts";
import type { Writer } from "@sekisho/lib/storage/writer.ts";
import { Metrics } from "@sekisho/lib/telemetry/metrics.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { Gateway } from "@sekisho/server/compose/gateway/gateway.ts";
import type { Config } from "@sekisho/server/config/schema.ts";
import type { Mutant } from "./mutants/mutant.ts";

export interface NamedCallsParts {
  readonly clock: Clock;
  readonly log: GatewayLog;
  readonly reader: Reader;
  readonly writer: Writer;
  readonly gateway: Gateway;
  readonly config: Config;
}

interface Names {
  readonly disk: MemoryStreamDisk;
  readonly mutant: Mutant | null;
}

/** What a process has of recorded answers: its files, and those who read them by a name. */
export class NamedCalls {
  readonly #files: MemoryStreamFiles;
  readonly #clock: Clock;
  readonly #mutant: Mutant | null;

  constructor({ disk, mutant }: Names, clock: Clock) {
    this.#mutant = mutant;
    this.#files = new MemoryStreamFiles(disk, clock);
    this.#clock = clock;
  }

  /** Ends what the process before has left open, as a start does. */
  async recover(): Promise<void> {
    await new SqliteStreamStore(this.#files, this.#clock).recover(interruptedStreams(0));
  }

  /** As the program composes them, but for the timer that drops names whose time is over. */
  compose({ gateway, config, clock, log, reader, writer }: NamedCallsParts) {
    const { keepHours, ...limits } = config.idempotency;
    const streams = new Streams({
      store: new SqliteStreamStore(this.#files, clock),
      clock,
      wheel: gateway.wheel,
      limits: config.streams,
      lost: (id, error) => log.error("an answer was not recorded", { requestId: id, error }),
    });
    const claimed: ClaimsParts<FoundStream> = {
      store: new SqliteClaimStore(reader),
      clock,
      limits: () => ({ keepMs: keepHours * 3_600_000, ...limits }),
      answerOf: (callId) => streams.recall(callId),
      isOpen: (callId) => isOpenCall(reader, callId),
      enqueue: (writes) => writer.enqueue(writes),
    };
    const claims = new Claims<FoundStream>({ ...claimed, ...this.#mutant?.claims?.(claimed) });
    const repeated = new CallRepeated(log, new Metrics());
    const parts: OnceCallsParts = {
      stages: gateway.pipeline,
      read: validate,
      claims,
      streams,
      repeated,
    };
    return {
      streams,
      onceCalls: new OnceCalls({ ...parts, ...this.#mutant?.once?.(parts, writer) }),
    };
  }

  crash(): void {
    this.#files.crash();
  }
}
