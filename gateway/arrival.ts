import type { Criticality } from "@sekisho/wire/criticality.ts";
import type { SaidCache } from "./cache-policy.ts";
import type { Credential, Sender } from "./credential.ts";
import type { MidStream } from "./model-entry.ts";
import type { Attribution, Principal } from "./principal.ts";
import type { RateStanding } from "./rate-standing.ts";
import type { AnyHead, SurfaceHead } from "./request.ts";

/** What a client says of its answer, should it break off (RTE-12). */
export type SaidMidStream = Exclude<MidStream, "request">;

/** A request as an edge hands it over: its head is read, its body is not. */
export interface Arrival<Head extends AnyHead = SurfaceHead> {
  /** UUIDv7 body: the request is known by it from its first answer on. */
  readonly id: string;
  readonly surface: Head["surface"];
  /** What the request says outside of its body. Throws Failure. */
  said(): Head;
  readonly credential: Credential;
  /** Where it comes from; null: out of this process. */
  readonly sender: Sender | null;
  /** Whom the call is for. Throws Failure; asked once it is known who asks (SEC-3). */
  attribution(): Attribution;
  /** The client's own deadline in milliseconds from arrival, null when it named none (RTE-10). */
  timeoutMs(): number | null;
  /**
   * How much depends on the call, as the client says; null when it says nothing (RTE-17). Throws
   * Failure.
   */
  criticality(): Criticality | null;
  /**
   * What the call may cost at most, as the client says; null when it says nothing. Absent where
   * nobody can say it. Throws Failure.
   */
  maxNanoUsd?(): number | null;
  /** What is to become of an answer that breaks off; null when it says nothing. Throws Failure. */
  midStream(): SaidMidStream | null;
  /**
   * Whether it may be given an answer that is kept, as the client says; null when it says nothing.
   * Absent where nobody can say it. Throws Failure.
   */
  cache?(): SaidCache | null;
  /** Of this process's connections, the one it came by; null where there is none. */
  readonly connection: number | null;
  /** The credential was proven: whoever sent it is no stranger. */
  accepted(principal: Principal): void;
  /** The rates that it takes from, as far as they are known; more of them when its body is. */
  rated(standing: RateStanding): void;
  /** Reads the whole body, within the surface's limit. */
  body(): Promise<Buffer>;
  /** Has the client left meanwhile? */
  isGone(): boolean;
  /** Aborted with Failure `client_closed` when it leaves; made when it is first asked for. */
  gone(): AbortSignal;
}
