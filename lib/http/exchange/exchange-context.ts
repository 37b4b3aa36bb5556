import type { TimerWheel } from "../../time/timer-wheel.ts";
import type { HttpLimits } from "../limits.ts";
import type { BodyMemory } from "./body-memory.ts";
import type { Outbox } from "./outbox.ts";
import type { TrustedProxies } from "./trusted-proxies.ts";

/** What all exchanges of one listener share. */
export interface ExchangeContext {
  readonly limits: HttpLimits;
  readonly wheel: TimerWheel;
  readonly outbox: Outbox;
  readonly bodyMemory: BodyMemory;
  /** The part of it for bodies whose senders nobody has proven yet. */
  readonly strangersMemory: BodyMemory;
  /** Whose `x-forwarded-for` is believed; null or absent: nobody's. */
  readonly trustedProxies?: TrustedProxies | null;
  /** Answers written from now on are the last ones of their connections. */
  readonly isDraining: boolean;
}
