import type { BalanceKind } from "@sekisho/lib/resilience/balance.ts";
import type { RestCause } from "../health.ts";
import { choiceInWords } from "../choice.ts";
import { balanceName } from "../model-entry.ts";
import type { PlanReason } from "../plan.ts";
import type { Target } from "../target.ts";

const rests: Record<RestCause, string> = {
  circuit: "its circuit is open",
  region: "the circuit of its region is open",
  credential: "its credential was refused and is kept from use",
  cooling: "its provider asked for a pause",
  drained: "an administrator has taken its region or provider out of use",
  forced: "an administrator holds its circuit open",
};

const inMs = (ms: number): string => (Number.isFinite(ms) ? ` for ${Math.ceil(ms)} ms` : "");

const names = (targets: readonly Target[]): string => targets.map(({ id }) => id).join(", ");

const percent = (share: number): string => `${Math.round(share * 100)} %`;

const balancing: Record<BalanceKind, string> = {
  "round-robin": "in turn",
  weighted: "by weight, in turn",
  failover: "in the order of the file",
  p2c: "the quicker of two drawn by lot",
  "least-busy": "by the calls in flight",
  cheapest: "by price",
};

/** A reason of a plan as a sentence (RTE-2). */
export function reasonInWords(reason: PlanReason): string {
  switch (reason.kind) {
    case "chosen":
      return choiceInWords(reason.choice);
    case "uncarried":
      return `${reason.target.id} is left out. ${reason.message}`;
    case "unpriced": {
      const what = reason.field === null ? "" : ` for "${reason.field}"`;
      return `${reason.target.id} is left out: it has no price${what}, and the key has a budget`;
    }
    case "too_long": {
      const { target, estimate } = reason;
      const { contextWindow } = target.facts;
      const long = `the prompt has about ${estimate} tokens, its window ${contextWindow}`;
      return `${target.id} is left out: ${long}`;
    }
    case "resting": {
      const { target, rest } = reason;
      return `${target.id} is not called${inMs(rest.forMs)}: ${rests[rest.cause]}`;
    }
    case "all_resting":
      return reason.isHeld
        ? "no target is left: the call is refused until an administrator brings one back"
        : "no target is left now: the call is refused, or tries one whose rest has just ended";
    case "panic": {
      const well = `${percent(reason.healthyShare)} of the weight is healthy`;
      return `${well}: a critical call may go to ${names(reason.targets)} all the same`;
    }
    case "spilled":
      return `${reason.target.id} comes last: its provider's quota has no room`;
    case "warming":
      return `${reason.target.id} has recovered and takes ${percent(reason.share)} of its calls`;
    case "ordered": {
      const { pool, priority, balance, targets } = reason;
      const what = `pool "${pool}", priority ${priority}`;
      if (targets.length === 1) return `${what}: ${names(targets)} alone`;
      const how = typeof balance === "string" ? balancing[balance] : "a module of one's own";
      return `${what}, ${balanceName(balance)} (${how}): ${names(targets)}`;
    }
    case "kept_back":
      return (
        `pool "${reason.pool}" leaves attempts to the pools behind it: ` +
        `${names(reason.targets)} not tried`
      );
  }
}
