import { readFailureEnd } from "@sekisho/wire/chat/failure-order.ts";
import type { FailuresView } from "@sekisho/wire/chat/test-views.ts";
import { parsed } from "../admin/admin-request.ts";
import type { TestEndpoint } from "./test-context.ts";

/** `POST /test/disable-failures` */
export const disableFailures: TestEndpoint = async (
  { body, changing },
  { circuit, resetTargets, failures },
): Promise<FailuresView> => {
  const { reset } = parsed(readFailureEnd(await body()));
  const what = reset ? "circuits are reset" : "circuits stay as they are";
  await changing("test.failures.disabled", what);
  failures?.end();
  if (reset) {
    circuit.reset();
    resetTargets();
  }
  return { failures_enabled: false, failures: null };
};
