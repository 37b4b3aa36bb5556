/** `GET /test/circuit-status` */
export interface CircuitStatusView {
  readonly circuit_state: "closed" | "open" | "half_open";
  /** Calls that failed one after the other, up to now. */
  readonly failure_count: number;
  /** Failures within the window that the circuit looks at. */
  readonly current_failures: number;
  readonly failures_enabled: boolean;
}

/** `GET /test/load-balancer-status`, of the model that `POST /chat` calls or of `?model=` */
export interface LoadBalancerView {
  readonly strategy: string;
  readonly model: string;
  /** Calls of the model that were served since the process began. */
  readonly requests: number;
  readonly endpoints: readonly EndpointView[];
}

export interface EndpointView {
  readonly region: string;
  readonly provider: string;
  /** The model's name there. */
  readonly model: string;
  /** In force: 1 for each under a balancer that takes no weights. */
  readonly weight: number;
  /** Lower is tried first; calls are balanced among equals. */
  readonly priority: number;
  /** Would a call be sent there now? */
  readonly healthy: boolean;
  /** The part of `requests` that it has served; 0 while there are none. */
  readonly share: number;
  readonly requests: number;
}

/** `POST /test/enable-failures` and `POST /test/disable-failures` */
export interface FailuresView {
  readonly failures_enabled: boolean;
  /** Which calls fail, and how; null when none does. */
  readonly failures: string | null;
}

/** `GET /test/upstream-calls` */
export interface UpstreamCallsView {
  /** Calls that the simulator has received: attempts, as counted by the other side. */
  readonly received: number;
}
