import { Failure } from "@sekisho/lib/failure/failure.ts";
import { Violation } from "../base/violation.ts";
import type { GroupRecord } from "./group-books.ts";
import type { GroupReplica } from "./group-replica.ts";
import type { GroupCall } from "./group-scenario.ts";
import type { GroupStage } from "./group-stage.ts";
import { checkRefusal } from "./refusal-check.ts";
import { checkSlices } from "./slice-check.ts";

/** The calls of a world: each is made at a process, and judged by what becomes of its money. */
export class GroupCalls {
  readonly #stage: GroupStage;

  constructor(stage: GroupStage) {
    this.#stage = stage;
  }

  /** Of those that serve one is asked. */
  ask(serving: readonly GroupReplica[], call: GroupCall): void {
    const replica = serving[call.replica % Math.max(1, serving.length)];
    const ask = (asked: GroupReplica): void => this.#stage.watched(() => this.#ask(asked, call));
    if (replica === undefined) this.#stage.sometimes.reached("client met a closed door");
    // One that is stopped takes it when it goes on.
    else if (replica.isStopped) replica.clock.soon(() => ask(replica));
    else ask(replica);
  }

  /** The same of a call that nothing speaks against: a refusal of it is a defect. */
  askWhatMustPass(replica: GroupReplica, plan: GroupCall): void {
    this.#ask(replica, plan, true);
  }

  #ask(replica: GroupReplica, plan: GroupCall, mustPass = false): void {
    const { limits, books } = this.#stage;
    const call = replica.callOf(plan);
    const { changes } = limits;
    let held: ReturnType<GroupReplica["reserve"]>;
    try {
      held = replica.reserve(call, plan);
    } catch (error) {
      this.#refused(replica, plan, error);
      if (mustPass) throw error;
      return;
    }
    const record: GroupRecord = {
      id: call.id,
      reserved: plan.reserved,
      spent: plan.spent,
      process: replica.n,
      owner: replica.owner,
      hold: held.hold,
      state: "asked",
      wasCut: false,
    };
    limits.check(call, held.hold);
    books.records.set(call.id, record);
    this.#notePath(record);
    const settle = (): void => {
      replica.settle(call, held, plan);
      books.ended(record);
    };
    replica.intend(call, held).then(
      () => this.#stage.watched(() => this.#granted(replica, { plan, record, settle })),
      (error: unknown) =>
        this.#stage.watched(() => {
          if (replica.isDead) return;
          record.state = "refused";
          checkSlices(replica.budgets);
          if (mustPass) throw error;
          // By which limits it was refused is not known where they changed meanwhile.
          if (changes === limits.changes) this.#refused(replica, plan, error, true);
        }),
    );
  }

  #granted(
    replica: GroupReplica,
    { plan, record, settle }: { plan: GroupCall; record: GroupRecord; settle: () => void },
  ): void {
    if (replica.isDead) return;
    this.#stage.trace(`call ${plan.n} is sent`);
    this.#stage.books.sent(record, replica.reader);
    replica.clock.after(plan.holdMs, () => this.#stage.watched(settle));
  }

  #notePath({ hold }: GroupRecord): void {
    if (hold.windows.length === 0) return;
    const isAsked = hold.asks.length > 0;
    this.#stage.sometimes.reached(isAsked ? "slice asked for more" : "call out of a slice");
  }

  #refused(replica: GroupReplica, plan: GroupCall, error: unknown, wasAsked = false): void {
    if (!(error instanceof Failure)) throw error;
    const { code } = error;
    const { sometimes, books } = this.#stage;
    this.#stage.trace(`call ${plan.n} is refused: ${code}`);
    if (code === "storage_unavailable") {
      // What the books suffice for, the store grants: it has not refused it each time anew.
      if (error.message.includes("not so much left")) {
        throw new Violation("MON-8 refusal", error.message);
      }
      sometimes.reached("intent refused by the store");
      return;
    }
    if (wasAsked) sometimes.reached("others were faster");
    const { principal, attribution } = replica.callOf(plan);
    const owner = replica.owner;
    const records = [...books.records.values()].filter((each) => each.owner === owner);
    // What a process held under another name it still counts for a while.
    if (this.#wasRenamed(replica)) return;
    checkRefusal(
      error,
      {
        accounts: replica.budgets.booksOf({ principal, attribution }),
        amounts: plan.reserved,
      },
      { reader: replica.reader, owner, records },
    );
  }

  #wasRenamed(replica: GroupReplica): boolean {
    return [...this.#stage.books.records.values()].some(
      (each) => each.process === replica.n && each.owner !== replica.owner && each.state === "open",
    );
  }
}
