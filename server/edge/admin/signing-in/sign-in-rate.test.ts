import assert from "node:assert/strict";
import { test } from "node:test";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { SignInRate } from "./sign-in-rate.ts";

const limited = { code: "rate_limited" };

const failTimes = (rate: SignInRate, address: string, times: number): void => {
  for (let n = 0; n < times; n += 1) rate.failed(address);
};

test("SEC-11 five wrong keys of one address, one more each five seconds", () => {
  const clock = new VirtualClock();
  const rate = new SignInRate(clock);
  failTimes(rate, "192.0.2.1", 4);
  rate.check("192.0.2.1");
  rate.failed("192.0.2.1");
  assert.throws(() => rate.check("192.0.2.1"), limited);
  rate.check("192.0.2.2");
  clock.advanceBy(4_999);
  assert.throws(() => rate.check("192.0.2.1"), limited);
  clock.advanceBy(1);
  rate.check("192.0.2.1");
});

test("SEC-11 a host of IPv6 is one, whatever address of its /64 it takes", () => {
  const rate = new SignInRate(new VirtualClock());
  for (let n = 1; n <= 5; n += 1) rate.failed(`2001:db8:1:2::${n}`);
  assert.throws(() => rate.check("2001:db8:1:2::99"), limited);
  rate.check("2001:db8:1:3::1");
});

test("SEC-11 who has failed long ago, or only come by, takes no place", () => {
  const clock = new VirtualClock();
  const rate = new SignInRate(clock);
  for (let n = 0; n < 3_000; n += 1) rate.check(`10.0.${n >> 8}.${n & 255}`);
  for (let n = 0; n < 1_000; n += 1) rate.failed(`10.1.${n >> 8}.${n & 255}`);
  // All places are taken: whoever comes now shares one allowance.
  failTimes(rate, "192.0.2.1", 5);
  assert.throws(() => rate.check("192.0.2.2"), limited);
  clock.advanceBy(5_000);
  rate.check("192.0.2.3");
  failTimes(rate, "192.0.2.1", 5);
  assert.throws(() => rate.check("192.0.2.1"), limited);
  rate.check("192.0.2.2");
});
