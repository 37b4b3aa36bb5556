import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { test } from "node:test";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { Admission, type AdmissionParts, type Admitted } from "./admission.ts";
import { KnownRequests, type KnownRequest } from "../cache/known-requests.ts";
import type { SurfaceHead } from "../request.ts";
import { validate } from "../validate/validate.ts";

const said: SurfaceHead = { surface: "openai.chat" };
const body = Buffer.from('{"model":"m","messages":[{"role":"user","content":"a"}]}');
const asked = { tenant: "t", said, body, read: validate };

function setUp() {
  const clock = new VirtualClock();
  const requests = new KnownRequests(clock);
  // Nothing else is asked of them where a request is remembered.
  const admission = new Admission({ known: requests } as unknown as AdmissionParts);
  const admitted = (known: KnownRequest | null): Admitted<SurfaceHead> => {
    const call = { principal: { tenant: "t" }, arrivedMs: clock.monotonicMs() };
    return { call, body, said, known } as unknown as Admitted<SurfaceHead>; // nor of it
  };
  return { clock, requests, admission, admitted };
}

test("PRF-7 what a remembered request was parsed to for a call is not held behind it", () => {
  const { requests, admission, admitted } = setUp();
  admission.remember(admitted(null), validate);
  const known = requests.find(asked) ?? assert.fail("it is remembered");
  let forgotten = 0;
  known.request.read.forget = () => (forgotten += 1);
  admission.remember(admitted(known), validate);
  assert.equal(forgotten, 1);
  assert.equal(requests.find(asked), known);
});

test("SEC-16 a call under way at an erasure leaves nothing of what it has asked", () => {
  const { clock, requests, admission, admitted } = setUp();
  const early = admitted(null);
  clock.advanceBy(5);
  requests.clear();
  admission.remember(early, validate);
  assert.equal(requests.find(asked), null);
  admission.remember(admitted(null), validate);
  assert.ok(requests.find(asked) !== null);
});
