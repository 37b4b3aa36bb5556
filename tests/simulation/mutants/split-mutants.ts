import type { SplitChoice } from "@sekisho/gateway/model-entry.ts";
import type { ArmBooks } from "@sekisho/gateway/splits/arm-books.ts";
import { Splits } from "@sekisho/gateway/splits/splits.ts";
import type { SplitStore } from "@sekisho/gateway/splits/split-store.ts";
import type { Ledger } from "@sekisho/gateway/ledger/ledger.ts";
import type { Exchange } from "@sekisho/lib/http/exchange.ts";
import type { PartMakers } from "@sekisho/server/compose/gateway/gateway-parts.ts";
import { changed } from "./changed.ts";
import type { Mutant } from "./mutant.ts";

const withArms =
  (change: (arms: ArmBooks) => Partial<ArmBooks>) =>
  (make: PartMakers): Partial<PartMakers> => ({
    arms: (reader) => {
      const arms = make.arms(reader);
      return changed(arms, change(arms));
    },
  });

const withStore =
  (change: (store: SplitStore) => Partial<SplitStore>) =>
  (make: PartMakers): Partial<PartMakers> => ({
    splits: (parts) => make.splits({ ...parts, store: changed(parts.store, change(parts.store)) }),
  });

const withLedger =
  (change: (ledger: Ledger) => Partial<Ledger>) =>
  (make: PartMakers): Partial<PartMakers> => ({
    ledger: (...parts) => {
      const ledger = make.ledger(...parts);
      return changed(ledger, change(ledger));
    },
  });

/** Looks what others have changed only when it changes something itself. */
class DeafSplits extends Splits {
  #changes = false;

  override async change(...change: Parameters<Splits["change"]>): ReturnType<Splits["change"]> {
    this.#changes = true;
    try {
      return await super.change(...change);
    } finally {
      this.#changes = false;
    }
  }

  override refresh(): void {
    if (this.#changes) super.refresh();
  }
}

/** An arm at weight 0 has one all the same. */
class GenerousSplits extends Splits {
  override now(split: SplitChoice): ReturnType<Splits["now"]> {
    const { phase, arms } = super.now(split);
    return { phase, arms: arms.map((arm) => ({ ...arm, weight: Math.max(0.5, arm.weight) })) };
  }
}

/** Every second request is somebody else's. */
function forgetful(exchange: Exchange): Exchange {
  const header = (name: string): string | undefined => {
    const said = exchange.head.header(name);
    const isName = name === "x-sekisho-session" || name === "x-sekisho-user";
    return isName && said !== undefined ? `${said}.${heard++ % 2}` : said;
  };
  return changed(exchange, { head: changed(exchange.head, { header }) });
}

let heard = 0;

const none = { window: new Map(), phase: new Map() };

/** Mistakes of those who divide calls among arms, and judge them. */
export const splitMutants: readonly Mutant[] = [
  {
    name: "forgetful-split",
    mistake: "a session is not the same one each time",
    world: "splits",
    exchange: forgetful,
  },
  {
    name: "deaf-split",
    mistake: "weights that another process has set are never in force",
    world: "splits",
    parts: () => ({ splits: (parts) => new DeafSplits(parts) }),
  },
  {
    name: "generous-split",
    mistake: "an arm that was rolled back still has some calls",
    world: "splits",
    parts: () => ({ splits: (parts) => new GenerousSplits(parts) }),
  },
  {
    name: "blind-judge",
    mistake: "failures of an arm are not looked at",
    world: "splits",
    parts: withArms(() => ({ counts: () => none })),
  },
  {
    name: "half-window",
    mistake: "calls from before the weights in force count for them",
    world: "splits",
    parts: withArms((arms) => ({
      counts: (query) =>
        query.phase === 0 ? arms.counts(query) : arms.counts({ ...query, phase: query.phase - 1 }),
    })),
  },
  {
    name: "refusals-count",
    mistake: "what clients ask wrongly speaks against the arm",
    world: "splits",
    parts: withArms((arms) => ({
      ended: (call) =>
        arms.ended(
          call.cause === "upstream_rejected" ? { ...call, cause: "upstream_error" } : call,
        ),
    })),
  },
  {
    name: "hasty-canary",
    mistake: "a step of a canary counts each call several times",
    world: "splits",
    parts: withArms((arms) => ({
      counts(query) {
        const { window, phase } = arms.counts(query);
        const many = [...phase].map(([arm, { answered, failed }]) => {
          return [arm, { answered: 4 * answered, failed: 4 * failed }] as const;
        });
        return { window, phase: new Map(many) };
      },
    })),
  },
  {
    name: "double-arm",
    mistake: "a call is counted for its arm twice",
    world: "splits",
    parts: withArms((arms) => ({
      ended: (call) => [...arms.ended(call), ...arms.ended(call)],
    })),
  },
  {
    name: "lost-arm",
    mistake: "a call whose process died is counted for no arm",
    world: "splits",
    parts: withArms(() => ({
      lost: () => ({ sql: "DELETE FROM arm_totals WHERE 0", params: [] }),
    })),
  },
  {
    name: "nameless-row",
    mistake: "the row of a call does not name its arm",
    world: "splits",
    parts: withLedger((ledger) => ({
      terminal: (rows) =>
        ledger.terminal(rows.map((row) => ({ ...row, subject: { ...row.subject, choice: null } }))),
    })),
  },
  {
    name: "unguarded-split",
    mistake: "a change is made over another one that nobody has seen",
    world: "splits",
    allJudge: true,
    parts: withStore((store) => ({
      put: (state, row) =>
        store.put(state, row).map((write) =>
          write.sql.includes("next_splits")
            ? {
                ...write,
                sql: "INSERT OR REPLACE INTO splits (name, phase, state) VALUES (?, ?, ?)",
              }
            : write,
        ),
    })),
  },
  {
    name: "half-rollback",
    mistake: "an arm that is rolled back keeps a part of its weight",
    world: "splits",
    parts: withStore((store) => ({
      put: (state, row) =>
        store.put(
          row.event !== "rolled_back" || row.arm === null
            ? state
            : { ...state, weights: { ...state.weights, [row.arm]: 0.5 } },
          row,
        ),
    })),
  },
];
