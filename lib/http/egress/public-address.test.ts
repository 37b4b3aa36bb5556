import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { assert as hold, bigInt, property } from "fast-check";
import { isPublicAddress } from "./public-address.ts";
import { specialRanges4, specialRanges6 } from "./special-ranges.data.ts";

/** Arithmetic of its own, so that it does not share a fault with what is tested. */
const valueOf4 = (text: string): bigint =>
  text.split(".").reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);

function valueOf6(text: string): bigint {
  const [before = "", after] = text.split("::");
  const groups = (part: string): string[] => (part === "" ? [] : part.split(":"));
  const head = groups(before);
  const tail = groups(after ?? "");
  const gap = after === undefined ? 0 : 8 - head.length - tail.length;
  const all = [...head, ...Array.from({ length: gap }, () => "0"), ...tail];
  return all.reduce((sum, group) => sum * 65_536n + BigInt(`0x${group}`), 0n);
}

const text4 = (value: bigint): string =>
  [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join(".");

const text6 = (value: bigint): string =>
  Array.from({ length: 8 }, (_, n) => (value >> BigInt(112 - 16 * n)) & 65_535n)
    .map((group) => group.toString(16))
    .join(":");

interface Span {
  readonly first: bigint;
  readonly last: bigint;
  readonly text: (value: bigint) => string;
}

function spanOf(cidr: string): Span {
  const [network = "", prefix = ""] = cidr.split("/");
  const is4 = network.includes(".");
  const first = is4 ? valueOf4(network) : valueOf6(network);
  const size = 1n << BigInt((is4 ? 32 : 128) - Number(prefix));
  return { first, last: first + size - 1n, text: is4 ? text4 : text6 };
}

describe("SEC-6 no address of a special range is public", () => {
  for (const [cidr, what] of [...specialRanges4, ...specialRanges6]) {
    test(`${cidr}, ${what}`, () => {
      const { first, last, text } = spanOf(cidr);
      assert.equal(isPublicAddress(text(first)), false);
      assert.equal(isPublicAddress(text(last)), false);
      hold(property(bigInt(first, last), (value) => !isPublicAddress(text(value))));
    });
  }
});

describe("an address is public just when no range holds it", () => {
  const within = (ranges: readonly (readonly [string, string])[], value: bigint): boolean =>
    ranges.some(([cidr]) => {
      const { first, last } = spanOf(cidr);
      return first <= value && value <= last;
    });

  test("of IPv4", () => {
    hold(
      property(
        bigInt(0n, (1n << 32n) - 1n),
        (value) => isPublicAddress(text4(value)) === !within(specialRanges4, value),
      ),
      { numRuns: 2_000 },
    );
  });

  test("of IPv6", () => {
    hold(
      property(
        bigInt(1n << 125n, (1n << 126n) - 1n),
        (value) => isPublicAddress(text6(value)) === !within(specialRanges6, value),
      ),
      { numRuns: 2_000 },
    );
  });

  test("beside each range, where no other one begins", () => {
    for (const [cidr] of [...specialRanges4, ...specialRanges6]) {
      const { first, last, text } = spanOf(cidr);
      const ranges = cidr.includes(".") ? specialRanges4 : specialRanges6;
      const most = cidr.includes(".") ? 1n << 32n : 1n << 128n;
      for (const value of [first - 1n, last + 1n]) {
        if (value < 0n || value >= most) continue;
        assert.equal(isPublicAddress(text(value)), !within(ranges, value), text(value));
      }
    }
  });
});

test("what is no address is not public", () => {
  const none = ["", "example.com", "1.2.3", "256.1.1.1", "08.8.8.8", "fe80::1%eth0", "2606::1%1"];
  for (const address of none) assert.equal(isPublicAddress(address), false, address);
});

test("an address of IPv4 inside one of IPv6 is not public, whatever it is", () => {
  const wrapped = [
    "::8.8.8.8",
    "::ffff:8.8.8.8",
    "::ffff:127.0.0.1",
    "64:ff9b::8.8.8.8",
    "64:ff9b:1::a00:1",
    "2002:808:808::1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
  ];
  for (const address of wrapped) assert.equal(isPublicAddress(address), false, address);
});
