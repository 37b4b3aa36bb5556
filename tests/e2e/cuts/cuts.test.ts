import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { assertClosed } from "../faults/assert-closed.ts";
import { ClientSideStage } from "../faults/client-side-stage.ts";
import { CutBooks } from "./cut-books.ts";
import { cutters } from "./cut-rule.ts";
import { fewWays } from "./cut-way.ts";
import { playCuts } from "./play-cuts.ts";

let stage: ClientSideStage;
before(async () => {
  stage = await ClientSideStage.start();
});
after(() => stage[Symbol.asyncDispose]());

for (const cutter of cutters) {
  test(`MON-16 ${cutter} behind any event: booked is what the rule makes of the bill`, async () => {
    const books = new CutBooks();
    await playCuts({ stage, books }, fewWays(stage.gateway.key), cutter);
    assert.ok(books.cuts > 150, `${books.cuts} cuts`);
    assert.deepEqual(books.differing, []);
  });
}

test("MON-10 no call is left open, and each has exactly one row of its own", async () => {
  await assertClosed(stage);
});
