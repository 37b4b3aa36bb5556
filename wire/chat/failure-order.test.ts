import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { describe, test } from "node:test";

import { readFailureEnd, readFailureOrder } from "./failure-order.ts";

const everywhere = { region: null, provider: null, fault: "503", probability: 1 };

describe("SIM-6 readFailureOrder", () => {
  const orders: readonly (readonly [body: string, order: object])[] = [
    ["", everywhere],
    ["{}", everywhere],
    ['{"region":null,"fault":null}', everywhere],
    ['{"region":"us-east-1"}', { ...everywhere, region: "us-east-1" }],
    [
      '{"provider":"near","fault":"stall-head","probability":0.1}',
      { region: null, provider: "near", fault: "stall-head", probability: 0.1 },
    ],
  ];
  for (const [body, order] of orders) {
    test(body || "no body", () => {
      assert.deepEqual(readFailureOrder(Buffer.from(body)), { ok: true, value: order });
    });
  }

  const refused: readonly (readonly [body: string, said: RegExp])[] = [
    ["nothing", /not a JSON object/],
    ['{"reigon":"us-east-1"}', /member "reigon" is none of region, provider, fault, probability$/],
    ['{"region":1}', /"region" is 1/],
    ['{"probability":0}', /"probability" is 0, a number from 0.001 to 1 expected$/],
    ['{"probability":2}', /"probability" is 2/],
    ['{"region":"a","provider":"b"}', /"provider" stands beside region/],
    ['{"fault":"500","fault":"503"}', /more than once/],
  ];
  for (const [body, said] of refused) {
    test(`${body} is refused: an order that is misread would fail everything`, () => {
      const read = readFailureOrder(Buffer.from(body));
      assert.ok(!read.ok);
      assert.match(read.message, said);
    });
  }
});

test("REF-10 readFailureEnd: circuits are reset unless the body says no", () => {
  const resets = ["", "{}", '{"reset":true}', '{"reset":false}'].map((body) => {
    const read = readFailureEnd(Buffer.from(body));
    return read.ok && read.value.reset;
  });
  assert.deepEqual(resets, [true, true, true, false]);
  assert.equal(readFailureEnd(Buffer.from('{"reset":"no"}')).ok, false);
});
