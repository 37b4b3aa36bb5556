import type { Exchange } from "@sekisho/lib/http/exchange.ts";
import type { Writer } from "@sekisho/lib/storage/writer.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { PartMakers } from "@sekisho/server/compose/gateway.ts";

/** A gateway with one fault of ours in it, put in where the gateway is composed. */
export interface Mutant {
  readonly name: string;
  /** The mistake that somebody could make. */
  readonly mistake: string;
  /** Parts that replace the right ones. */
  parts?(make: PartMakers, clock: Clock): Partial<PartMakers>;
  writer?(writer: Writer): Writer;
  exchange?(exchange: Exchange): Exchange;
}
