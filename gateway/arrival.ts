import type { Attribution } from "./principal.ts";
import type { Surface } from "./request.ts";

/** A request as an edge hands it over: its head is read, its body is not. */
export interface Arrival {
  /** UUIDv7 body: the request is known by it from its first answer on. */
  readonly id: string;
  readonly surface: Surface;
  /** The raw credential, as its dialect carries it. */
  readonly credential: string;
  readonly attribution: Attribution;
  /** The client's own deadline in milliseconds from now, null when it named none (RTE-10). */
  readonly timeoutMs: number | null;
  /** The credential was accepted: whoever sent it is no stranger. */
  accepted(): void;
  /** Reads the whole body, within the surface's limit. */
  body(): Promise<Buffer>;
  /** Has the client left meanwhile? */
  isGone(): boolean;
}
