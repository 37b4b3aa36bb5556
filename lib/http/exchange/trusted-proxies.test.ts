import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import { TrustedProxies } from "./trusted-proxies.ts";

const proxies = new TrustedProxies(["10.0.0.0/8", "192.0.2.7", "2001:db8:1::/48"]);

const rows: readonly (readonly [peer: string, header: string | undefined, is: string | null])[] = [
  ["203.0.113.9", undefined, "203.0.113.9"],
  ["203.0.113.9", "198.51.100.1", "203.0.113.9"],
  ["203.0.113.9", "10.0.0.1", "203.0.113.9"],
  ["10.0.0.1", undefined, "10.0.0.1"],
  ["10.0.0.1", "198.51.100.1", "198.51.100.1"],
  ["10.0.0.1", "127.0.0.1, 198.51.100.1", "198.51.100.1"],
  ["10.0.0.1", "198.51.100.1, 10.9.9.9, 192.0.2.7", "198.51.100.1"],
  ["10.0.0.1", "10.0.0.3, 10.0.0.2", "10.0.0.3"],
  ["10.0.0.1", "198.51.100.1:4711", "198.51.100.1"],
  ["10.0.0.1", "[2001:db8::1]:4711", "2001:db8::1"],
  ["10.0.0.1", "[2001:db8::1]", "2001:db8::1"],
  ["10.0.0.1", "2001:db8::1", "2001:db8::1"],
  ["10.0.0.1", "::ffff:198.51.100.1", "198.51.100.1"],
  ["10.0.0.1", "198.51.100.1, ::ffff:10.0.0.2", "198.51.100.1"],
  ["10.0.0.1", "::FFFF:C633:6401", "198.51.100.1"],
  ["10.0.0.1", "0:0:0:0:0:ffff:198.51.100.1", "198.51.100.1"],
  ["10.0.0.1", "198.51.100.1, ::ffff:a00:2", "198.51.100.1"],
  ["10.0.0.1", "2001:0DB8:0:0:0:0:0:1", "2001:db8::1"],
  ["10.0.0.1", "::198.51.100.1", "::198.51.100.1"],
  ["2001:db8:1::5", "198.51.100.1", "198.51.100.1"],
  ["10.0.0.1", "", null],
  ["10.0.0.1", "unknown", null],
  ["10.0.0.1", "198.51.100.1, _hidden", null],
  ["10.0.0.1", "198.51.100.1,", null],
  ["10.0.0.1", "fe80::1%eth0", null],
  ["10.0.0.1", "999.1.1.1", null],
  ["10.0.0.1", "unknown, 198.51.100.1", "198.51.100.1"],
  ["10.0.0.1", Array.from({ length: 33 }, () => "10.0.0.2").join(), null],
];

for (const [peer, header, is] of rows) {
  test(`SEC-18 from ${peer} with "${header?.slice(0, 40) ?? "none"}" it is ${is}`, () => {
    assert.equal(proxies.clientOf(peer, header), is);
  });
}

test("SEC-18 whatever stands left of the first stranger changes nothing", () => {
  fc.assert(
    fc.property(fc.array(fc.string(), { maxLength: 20 }), fc.ipV4(), (left, stranger) => {
      fc.pre(!stranger.startsWith("10.") && stranger !== "192.0.2.7");
      const header = [...left.map((each) => each.replaceAll(",", "")), stranger, "10.1.1.1"];
      assert.equal(proxies.clientOf("10.0.0.1", header.join(", ")), stranger);
    }),
  );
});

test("a range that is none is refused by name", () => {
  assert.throws(() => new TrustedProxies(["10.0.0.0/33"]), /"10\.0\.0\.0\/33"/);
  assert.throws(() => new TrustedProxies(["0.0.0.0/0"]), /"0\.0\.0\.0\/0"/);
});
