import assert from "node:assert/strict";
import { test } from "node:test";
import type { CallRecord } from "../call-record.ts";
import { noTokens } from "../reply.ts";
import { describeCall } from "./describe-call.ts";
import { Journal } from "./journal.ts";

const callWith = (seq: number, rawHeaders: string[] = []): CallRecord => ({
  seq,
  id: `x${seq}`,
  region: "global",
  dialect: "openai",
  path: "/",
  rawHeaders,
  connection: 1,
  requestOfConnection: 1,
  startedMs: 0,
  model: "m",
  pricedModel: "m",
  stream: false,
  bodyBytes: 0,
  bodySha256: "",
  summary: null,
  scenarios: [],
  fault: null,
  state: "receiving",
  status: null,
  firstByteMs: null,
  endedMs: null,
  clientGoneMs: null,
  outcome: null,
  bytesWritten: 0,
  announcedBytes: null,
  producedTokens: 0,
  planned: noTokens,
  tokens: noTokens,
  costNanoUsd: 0,
});

const kept = (journal: Journal): number[] => [...journal.calls()].map((call) => call.seq);

test("SIM-2 the newest calls are kept, the oldest first", () => {
  const journal = new Journal(3);
  assert.deepEqual(kept(journal), []);
  for (let n = 0; n < 5; n++) journal.open(callWith(journal.nextSeq()));
  assert.deepEqual([kept(journal), journal.opened, journal.running], [[3, 4, 5], 5, 5]);
});

test("a call that was opened before a clearing is nobody's", () => {
  const journal = new Journal(3);
  const early = callWith(journal.nextSeq());
  journal.open(early);
  journal.clear();
  assert.equal(journal.close(early), false);
  const late = callWith(journal.nextSeq());
  journal.open(late);
  assert.deepEqual([late.seq, journal.close(late), journal.close(late)], [1, true, false]);
  assert.deepEqual([kept(journal), journal.running], [[1], 0]);
});

test("a credential is shown as its fingerprint, other headers by name alone", () => {
  const headers = ["Authorization", "Bearer sk-secret", "X-Other", "private", "User-Agent", "t"];
  const shown = JSON.stringify(describeCall(callWith(1, headers)));
  assert.ok(!shown.includes("sk-secret") && !shown.includes("private"));
  assert.match(shown, /"authorization":"sha256:[\da-f]{12}"/);
  assert.match(shown, /"user-agent":"t"/);
  assert.match(shown, /"headerNames":\["authorization","x-other","user-agent"\]/);
});
