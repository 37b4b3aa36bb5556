import assert from "node:assert/strict";
import { Socket } from "node:net";
import { test } from "node:test";
import { ConnectionGate } from "./connection-gate.ts";

let lastPort = 0;

class PeerSocket extends Socket {
  override readonly remoteAddress: string;
  override readonly remotePort = ++lastPort;

  constructor(address: string) {
    super();
    this.remoteAddress = address;
  }
}

const countAs: readonly (readonly [first: string, second: string, isSame: boolean])[] = [
  ["2001:db8:1:2::1", "2001:db8:1:2::1", true],
  ["2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true],
  ["2001:db8:1:2:3::", "2001:db8:1:2::9", true],
  ["2001:db8:1:2::1", "2001:db8:1:3::1", false],
  ["2001:db8::1", "2001:db8:0:0:5::", true],
  ["2001:db8::1", "2001:db8:0:1::1", false],
  ["2001:db8::2:3:4:5:6", "2001:db8:0:2::", true],
  ["::1", "::2", true],
  ["::1", "0:0:0:1::", false],
  ["fe80::1%eth0", "fe80::2%eth0", true],
  ["192.0.2.1", "192.0.2.1", true],
  ["192.0.2.1", "192.0.2.2", false],
  ["::ffff:192.0.2.1", "::ffff:192.0.2.2", false],
  ["::ffff:192.0.2.1", "192.0.2.1", true],
];

for (const [first, second, isSame] of countAs) {
  test(`SEC-4 ${first} and ${second} count as ${isSame ? "one" : "two"}`, () => {
    const gate = new ConnectionGate(1);
    assert.equal(gate.admit(new PeerSocket(first)), true);
    assert.equal(gate.admit(new PeerSocket(second)), !isSame);
  });
}

test("SEC-4 a connection that was trusted or closed makes room for its neighbours", async () => {
  const gate = new ConnectionGate(1);
  const first = new PeerSocket("2001:db8::1");
  gate.admit(first);
  gate.trust(first);
  const second = new PeerSocket("2001:db8::2");
  assert.equal(gate.admit(second), true);
  second.destroy();
  await gate.destroyAll();
  assert.equal(gate.openConnections, 0);
  assert.equal(gate.admit(new PeerSocket("2001:db8::3")), true);
});
