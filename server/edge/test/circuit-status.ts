import type { CircuitStatusView } from "@sekisho/wire/chat/test-views.ts";
import type { TestEndpoint } from "./test-context.ts";

/** `GET /test/circuit-status` */
export const circuitStatus: TestEndpoint = (_request, { circuit, failures }): CircuitStatusView => {
  const { state, failuresInARow, recentFailures } = circuit.status();
  return {
    circuit_state: state,
    failure_count: failuresInARow,
    current_failures: recentFailures,
    failures_enabled: failures !== null && failures.current() !== null,
  };
};
