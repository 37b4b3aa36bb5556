import type { Claim, ClaimStore } from "@sekisho/gateway/idempotency/claim-store.ts";
import type { FoundStream } from "@sekisho/gateway/responses/found-stream.ts";
import type { OnceMutant } from "./once-process.ts";

/** A store with some of its ways changed. */
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

const found = (store: ClaimStore, change: (claim: Claim) => Claim): ClaimStore =>
  changed(store, {
    find(scope) {
      const claim = store.find(scope);
      return claim === null ? null : change(claim);
    },
  });

const ended = (answer: FoundStream | null, from: string, code: string | null) =>
  answer?.end?.code === from ? { ...answer, end: { ...answer.end, code } } : answer;

/** Mistakes in what keeps requests of one name together. */
export const onceMutants: readonly OnceMutant[] = [
  {
    name: "unclaimed",
    mistake: "the name is not taken with the intent",
    store: (store) => changed(store, { take: () => [] }),
  },
  {
    name: "unread",
    mistake: "nobody looks whether the name is taken",
    store: (store) =>
      changed(store, {
        find: () => null,
        take: (claim) => store.take(claim, store.find(claim)),
      }),
  },
  {
    name: "any body",
    mistake: "a name stands for whatever is asked",
    fingerprinted: () => '{"say":0}',
  },
  {
    name: "for ever",
    mistake: "names stand beyond their time",
    store: (store) => found(store, (claim) => ({ ...claim, expiresMs: Infinity })),
  },
  {
    name: "too short",
    mistake: "names are free before their time",
    store: (store) => found(store, (claim) => ({ ...claim, expiresMs: claim.createdMs + 100 })),
  },
  {
    name: "asked again",
    mistake: "a call that a crash has cut off is sent once more",
    answer: (answer) => ended(answer, "stream_interrupted", "upstream_unavailable"),
  },
  {
    name: "half an answer",
    mistake: "what a crash has left of an answer is given as whole",
    answer: (answer) => ended(answer, "stream_interrupted", null),
  },
  {
    name: "orphans",
    mistake: "a call of another process is taken for one that nobody makes",
    isOpen: () => false,
  },
  {
    name: "former kept",
    mistake: "a name whose time is over is not given up",
    store: (store) => changed(store, { take: (claim) => store.take(claim, null) }),
  },
];
