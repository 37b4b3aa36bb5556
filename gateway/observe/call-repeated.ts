import type { Counter } from "@sekisho/lib/telemetry/counter.ts";
import type { MetricFamily } from "@sekisho/lib/telemetry/metric-family.ts";
import type { Metrics } from "@sekisho/lib/telemetry/metrics.ts";
import type { Call } from "../call.ts";
import type { GatewayLog } from "./gateway-log.ts";

/** The call whose answer a request is given. */
export interface RepeatedOf {
  readonly callId: string;
  /** False: its answer is still being made. */
  readonly isOver: boolean;
  readonly source: "key" | "content";
}

interface Labels extends Pick<RepeatedOf, "source"> {
  readonly surface: string;
  readonly kind: "replayed" | "attached";
}

/** A request was given the answer of an earlier one: its counter and its log line. */
export class CallRepeated {
  readonly #log: GatewayLog;
  readonly #family: MetricFamily<Counter, "surface" | "kind" | "source">;
  /** By the three labels; there are few of each. */
  readonly #counters = new Map<string, Counter>();

  constructor(log: GatewayLog, metrics: Metrics) {
    this.#log = log;
    this.#family = metrics.counter({
      name: "sekisho_repeated_requests_total",
      help: "Requests that were given the answer of an earlier one, under way or over",
      labels: { surface: 20, kind: 2, source: 2 },
    });
  }

  record({ id, principal, request }: Call, { callId, isOver, source }: RepeatedOf): void {
    const kind = isOver ? "replayed" : "attached";
    this.#counterOf({ surface: request.surface, kind, source }).add();
    this.#log.frequent("a request was given the answer of an earlier one", {
      event: `call.${kind}`,
      requestId: `req_${id}`,
      object: `req_${callId}`,
      tenant: principal.tenant,
      key: principal.keyId,
      surface: request.surface,
    });
  }

  #counterOf(labels: Labels): Counter {
    const name = `${labels.surface} ${labels.kind} ${labels.source}`;
    const known = this.#counters.get(name);
    if (known !== undefined) return known;
    const counter = this.#family.with(labels);
    this.#counters.set(name, counter);
    return counter;
  }
}
