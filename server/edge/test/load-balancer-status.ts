import type { TestEndpoint } from "./test-context.ts";

/** `GET /test/load-balancer-status` */
export const loadBalancerStatus: TestEndpoint = ({ head }, { balance }) =>
  balance(new URLSearchParams(head.query).get("model"));
