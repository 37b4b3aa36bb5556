import type { OnceCallsParts } from "@sekisho/gateway/calls/once-calls.ts";
import type { ClaimsParts } from "@sekisho/gateway/idempotency/claims.ts";
import type { FoundStream } from "@sekisho/gateway/responses/found-stream.ts";
import type { Exchange } from "@sekisho/lib/http/exchange.ts";
import type { AheadLogs } from "@sekisho/lib/storage/ahead/ahead-log.ts";
import type { MemoryDisk } from "@sekisho/lib/storage/memory/memory-disk.ts";
import type { Writer } from "@sekisho/lib/storage/writer.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { PartMakers } from "@sekisho/server/compose/gateway/gateway-parts.ts";

/** One in what keeps requests of one name together. */
interface NameFault {
  claims?(parts: ClaimsParts<FoundStream>): Partial<ClaimsParts<FoundStream>>;
  once?(parts: OnceCallsParts, writer: Writer): Partial<OnceCallsParts>;
}

/** A gateway with one fault of ours in it, put in where the gateway is composed. */
export interface Mutant extends NameFault {
  readonly name: string;
  /** The mistake that somebody could make. */
  readonly mistake: string;
  /** In which worlds it is looked for. Default: in those of one whole gateway. */
  readonly world?: "gateway" | "group" | "splits";
  /** Parts that replace the right ones. */
  parts?(make: PartMakers, clock: Clock): Partial<PartMakers>;
  writer?(writer: Writer): Writer;
  /** Of processes that share a disk. */
  logs?(logs: AheadLogs, disk: MemoryDisk): AheadLogs;
  exchange?(exchange: Exchange): Exchange;
  /** Each process judges arms, whoever leads. */
  readonly allJudge?: boolean;
}
