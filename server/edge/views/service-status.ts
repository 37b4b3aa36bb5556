import {
  circuitSeverity,
  type CircuitView,
  type ServiceStatus,
} from "@sekisho/wire/admin/circuits.ts";

/** The status of a provider by all of its circuits: that of the one that is worst off (REF-6). */
export function serviceStatus(service: string, circuits: readonly CircuitView[]): ServiceStatus {
  let worst: CircuitView | null = null;
  for (const each of circuits) {
    if (each.provider === service && (worst === null || isWorse(each, worst))) worst = each;
  }
  if (worst === null) return { service, ...untried };
  const { state, recentFailures, failureThreshold, recoveryTimeoutS } = worst;
  return { service, state, recentFailures, failureThreshold, recoveryTimeoutS };
}

/** Statuses of all providers that have circuits, in the order of these. */
export const serviceStatuses = (circuits: readonly CircuitView[]): ServiceStatus[] =>
  [...new Set(circuits.map(({ provider }) => provider))].map((service) =>
    serviceStatus(service, circuits),
  );

/** May a call go to one of the provider's targets, as far as circuits say? */
export function isAvailable(service: string, circuits: readonly CircuitView[]): boolean {
  const own = circuits.filter(({ provider }) => provider === service);
  const targets = own.filter(({ level }) => level === "target");
  const shut = own.filter(({ state }) => state === "open");
  if (targets.length === 0) return shut.length === 0;
  return targets.some((target) => !shut.some((each) => shuts(each, target)));
}

/** A provider without a target of its own: nobody has tried it. */
const untried = {
  state: "closed",
  recentFailures: 0,
  failureThreshold: 0,
  recoveryTimeoutS: 0,
} as const;

/** Does an open circuit keep calls from this target? */
function shuts(open: CircuitView, target: CircuitView): boolean {
  if (open.level === "target") return open === target;
  return open.level === "region"
    ? open.region === target.region
    : open.credential === target.credential;
}

function isWorse(one: CircuitView, other: CircuitView): boolean {
  const difference = circuitSeverity[one.state] - circuitSeverity[other.state];
  return difference === 0 ? nearness(one) > nearness(other) : difference > 0;
}

const nearness = ({ recentFailures, failureThreshold }: CircuitView): number =>
  recentFailures / failureThreshold;
