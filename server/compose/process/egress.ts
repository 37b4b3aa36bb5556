import type { Egress } from "@sekisho/lib/http/egress.ts";
import { DnsResolver } from "@sekisho/lib/http/egress/dns-resolver.ts";
import { defaultEgressGuardOptions, EgressGuard } from "@sekisho/lib/http/egress/egress-guard.ts";
import {
  defaultGuardedFetchOptions,
  GuardedFetch,
} from "@sekisho/lib/http/egress/guarded-fetch.ts";
import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { Config } from "../../config/schema.ts";

/** The way out for URLs that clients give (SEC-6). */
export function egressOf({ egress }: Pick<Config, "egress">, clock: Clock): Egress {
  const options = { ...defaultEgressGuardOptions, allow: egress.allow };
  const guard = new EgressGuard({ resolver: new DnsResolver(), clock }, options);
  return new GuardedFetch({ guard, clock }, defaultGuardedFetchOptions);
}
