import { Buffer } from "node:buffer";
import type { Claim, ClaimStore } from "@sekisho/gateway/idempotency/claim-store.ts";
import { CallRepeated } from "@sekisho/gateway/observe/call-repeated.ts";
import type { FoundStream } from "@sekisho/gateway/responses/found-stream.ts";
import { readableLog } from "@sekisho/gateway/observe/log-fixture.ts";
import { Metrics } from "@sekisho/lib/telemetry/metrics.ts";
import type { Writer } from "@sekisho/lib/storage/writer.ts";
import type { Mutant } from "./mutant.ts";

const changed = (store: ClaimStore, change: Partial<ClaimStore>): ClaimStore => ({
  find: (scope) => store.find(scope),
  byCall: (id) => store.byCall(id),
  list: (query) => store.list(query),
  take: (claim, former) => store.take(claim, former),
  release: (id) => store.release(id),
  extend: (id, expiresMs) => store.extend(id, expiresMs),
  dropExpired: (nowMs, limit) => store.dropExpired(nowMs, limit),
  ...change,
});

const storeMutant = (
  name: string,
  mistake: string,
  change: (store: ClaimStore) => Partial<ClaimStore>,
): Mutant => ({
  name,
  mistake,
  claims: ({ store }) => ({ store: changed(store, change(store)) }),
});

const found = (store: ClaimStore, change: (claim: Claim) => Claim) => ({
  find(scope: Parameters<ClaimStore["find"]>[0]) {
    const claim = store.find(scope);
    return claim === null ? null : change(claim);
  },
});

const answerMutant = (
  name: string,
  mistake: string,
  change: (answer: FoundStream) => FoundStream | null,
): Mutant => ({
  name,
  mistake,
  claims: ({ answerOf }) => ({
    answerOf(callId) {
      const answer = answerOf(callId);
      return answer === null ? null : change(answer);
    },
  }),
});

/** As whoever is given it reads it; what the answer says of itself stays as it is. */
const without = (answer: FoundStream, lost: number): FoundStream => {
  const { log } = answer;
  const page: typeof log.page = (seq) =>
    log
      .page(seq)
      .map((entry) =>
        entry.seq === lost && Buffer.isBuffer(entry.payload)
          ? { ...entry, payload: Buffer.alloc(0) }
          : entry,
      );
  const shown: typeof log = {
    get nextSeq() {
      return log.nextSeq;
    },
    get ended() {
      return log.ended;
    },
    page,
    watch: (watcher) => log.watch(watcher),
  };
  return retold(answer, { log: shown });
};

const endedAs = (answer: FoundStream, from: string, code: string | null): FoundStream => {
  const { end } = answer;
  if (end?.code !== from) return answer;
  return retold(answer, { end: { ...end, code } });
};

/** All else is as it was, whenever it is asked for. */
const retold = (answer: FoundStream, changes: Partial<FoundStream>): FoundStream => ({
  head: answer.head,
  epoch: answer.epoch,
  log: answer.log,
  live: answer.live,
  attach: () => answer.attach(),
  cancel: () => answer.cancel(),
  get end() {
    return answer.end;
  },
  get served() {
    return answer.served;
  },
  ...changes,
});

const nothing = Buffer.from("{}");

/** Takes something from every budget whenever an answer is given again. */
class PaidRepeats extends CallRepeated {
  readonly #writer: Writer;

  constructor(writer: Writer) {
    super(readableLog("error").log, new Metrics());
    this.#writer = writer;
  }

  override record(): void {
    const sql = "UPDATE budget_spent SET spent_nano_usd = spent_nano_usd + 1";
    this.#writer.enqueue([{ sql, params: [] }]);
  }
}

/** Mistakes in what keeps requests of one name together (STR-13). */
export const nameMutants: readonly Mutant[] = [
  storeMutant("unclaimed-name", "a name is not taken with the intent", () => ({
    take: () => [],
  })),
  storeMutant("released-name", "a call that is over gives its name up after all", (store) =>
    found(store, (claim) => ({ ...claim, expiresMs: claim.createdMs + 1_000 })),
  ),
  {
    name: "any-words",
    mistake: "a name stands for whatever is asked",
    once: ({ stages }) => ({
      stages: {
        async admit(arrival, read) {
          return { ...(await stages.admit(arrival, read)), body: nothing, known: null };
        },
        begin: (admitted, arrival, once) => stages.begin(admitted, arrival, once),
        remember() {},
        leave: () => stages.leave(),
      },
    }),
  },
  answerMutant("asked-again", "what a crash has cut off is sent once more", (answer) =>
    endedAs(answer, "stream_interrupted", "upstream_unavailable"),
  ),
  answerMutant("lost-entry", "who is given an answer lacks its second entry", (answer) =>
    without(answer, 1),
  ),
  {
    name: "paid-repeat",
    mistake: "an answer that is given again is paid for",
    once: (_parts, writer) => ({ repeated: new PaidRepeats(writer) }),
  },
];
