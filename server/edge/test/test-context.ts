import type { RequestHead } from "@sekisho/lib/http/exchange.ts";
import type { LoadBalancerView } from "@sekisho/wire/chat/test-views.ts";
import type { AuditEntry } from "../../audit/audit-entry.ts";
import type { ServiceCircuit } from "../plain-chat/service-circuit.ts";
import type { FailureSwitch } from "./failure-switch.ts";

/** What the test endpoints show and change. */
export interface TestContext {
  readonly circuit: Pick<ServiceCircuit, "status" | "reset">;
  /** Closes the circuits of all targets. */
  readonly resetTargets: () => void;
  /** Null where no simulator runs in this process. */
  readonly failures: FailureSwitch | null;
  /** Of a model, by default of the one that the service calls. Throws Failure. */
  readonly balance: (model: string | null) => LoadBalancerView;
}

export interface TestRequest {
  readonly head: RequestHead;
  /** The whole body, 64 KiB at most. */
  readonly body: () => Promise<Buffer>;
  /** Records a change that is about to be made. */
  readonly changing: (event: AuditEntry["event"], object: string) => Promise<void>;
}

/** One endpoint: what it answers. Throws Failure with a code of the table. */
export type TestEndpoint = (request: TestRequest, context: TestContext) => unknown;
