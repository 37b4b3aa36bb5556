import {
  order,
  type Candidate,
  type Lot,
  type NamedCandidate,
} from "@sekisho/lib/resilience/balance.ts";
import type { Health } from "../health.ts";
import type { Pool } from "../model-entry.ts";
import type { PlanReason } from "../plan.ts";
import type { Quotas } from "../quota.ts";
import type { Target } from "../target.ts";

/** What an order is made of beside the targets: it changes none of it. */
export interface OrderView {
  readonly health: Health;
  readonly quotas: Pick<Quotas, "hasRoom">;
  readonly nowMs: number;
  readonly lot: Lot;
}

/** The same, and where the reasons of a plan are gathered. */
export interface ToldOrderView extends OrderView {
  readonly reasons: PlanReason[];
}

/** A target that a call may go to, and what it would cost there at most. */
export interface OrderedTarget {
  readonly target: Target;
  readonly boundNanoUsd: number;
}

/**
 * Puts the targets of a pool in the order in which a call tries them (RTE-3): by priority, and
 * within one as the pool's balancer chooses.
 */
export function orderTargets<Each extends OrderedTarget>(
  pool: Pool,
  targets: readonly Each[],
  view: ToldOrderView,
): readonly Each[] {
  const first = targets[0]?.target.priority;
  if (targets.every(({ target }) => target.priority === first)) {
    return orderGroup(pool, targets, view);
  }
  const priorities = new Set(targets.map(({ target }) => target.priority));
  const groups = [...priorities]
    .toSorted((a, b) => a - b)
    .map((priority) => {
      const group = targets.filter(({ target }) => target.priority === priority);
      return orderGroup(pool, group, view);
    });
  return joined(slowBehind(groups, view));
}

/**
 * Those whose provider's quota has no room come last, so that calls spill over to the others before
 * they are refused (RTE-16).
 */
export function spilled<Each extends OrderedTarget & { readonly quotaTokens: number }>(
  ordered: readonly Each[],
  { quotas, nowMs, reasons }: ToldOrderView,
): readonly Each[] {
  // Most targets declare none: their list is handed on as it is.
  if (ordered.every(({ target }) => (target.quota ?? null) === null)) return ordered;
  const full = ordered.filter((each) => !quotas.hasRoom(each.target, each.quotaTokens, nowMs));
  for (const { target } of full) reasons.push({ kind: "spilled", target });
  return full.length === 0 ? ordered : [...ordered.filter((each) => !full.includes(each)), ...full];
}

/** The groups behind one another; most calls have one. */
export function joined<Each>(groups: readonly (readonly Each[])[]): readonly Each[] {
  const [only] = groups;
  return only !== undefined && groups.length === 1 ? only : groups.flat();
}

/**
 * Groups in their order, but one of which every target starts slowly comes first only as often as
 * its quickest does, and else behind the others: nobody in it holds it back, and all calls would
 * meet it in the moment in which it recovers.
 */
export function slowBehind<Group extends readonly OrderedTarget[]>(
  groups: readonly Group[],
  { health, nowMs, lot }: OrderView,
): readonly Group[] {
  if (groups.length < 2) return groups;
  const candidates = groups.map((group): Candidate => {
    const share = Math.max(...group.map(({ target }) => health.share(target, nowMs)));
    return { weight: 1, share, inFlight: 0, cost: 0, price: 0 };
  });
  return order("failover", candidates, lot).flatMap((index) => {
    const group = groups[index];
    return group === undefined ? [] : [group];
  });
}

function orderGroup<Each extends OrderedTarget>(
  { name, balance }: Pool,
  group: readonly Each[],
  view: ToldOrderView,
): readonly Each[] {
  const shares = group.map(({ target }) => shareOf(target, view));
  // One that is alone needs no order, and nobody has to know how busy it is.
  const ordered = group.length === 1 ? group : balanced(balance, { group, shares }, view);
  const targets = ordered.map(({ target }) => target);
  const priority = group[0]?.target.priority ?? 0;
  view.reasons.push({ kind: "ordered", pool: name, priority, balance, targets });
  return ordered;
}

function shareOf(target: Target, { health, nowMs, reasons }: ToldOrderView): number {
  const share = health.share(target, nowMs);
  if (share < 1) reasons.push({ kind: "warming", target, share });
  return share;
}

/** Targets of one priority, and how much of its part each of them takes. */
interface SharedGroup<Each extends OrderedTarget> {
  readonly group: readonly Each[];
  readonly shares: readonly number[];
}

function balanced<Each extends OrderedTarget>(
  balance: Pool["balance"],
  { group, shares }: SharedGroup<Each>,
  { health, nowMs, lot }: OrderView,
): readonly Each[] {
  const candidates = group.map(({ target, boundNanoUsd }, index): NamedCandidate => {
    const { inFlight, cost } = health.load(target, nowMs);
    const { id, weight } = target;
    const share = shares[index] ?? 1;
    return { id, weight, share, inFlight, cost: cost / weight, price: boundNanoUsd };
  });
  const chosen =
    typeof balance === "string" ? order(balance, candidates, lot) : balance.order(candidates, lot);
  return chosen.flatMap((index) => group[index] ?? []);
}
