import type { UpstreamCallsView } from "@sekisho/wire/chat/test-views.ts";
import { steerable } from "./failure-switch.ts";
import type { TestEndpoint } from "./test-context.ts";

/** `GET /test/upstream-calls` */
export const upstreamCalls: TestEndpoint = (_request, context): UpstreamCallsView => ({
  received: steerable(context.failures).received(),
});
