import { readFailureOrder } from "@sekisho/wire/chat/failure-order.ts";
import type { FailuresView } from "@sekisho/wire/chat/test-views.ts";
import { parsed } from "../admin/admin-request.ts";
import { steerable } from "./failure-switch.ts";
import type { TestEndpoint } from "./test-context.ts";

/** `POST /test/enable-failures` */
export const enableFailures: TestEndpoint = async (
  { body, changing },
  context,
): Promise<FailuresView> => {
  const failures = steerable(context.failures);
  failures.order(parsed(readFailureOrder(await body())));
  const current = failures.current();
  await changing("test.failures.enabled", current ?? "none");
  return { failures_enabled: current !== null, failures: current };
};
