import assert from "node:assert/strict";
import { test } from "node:test";
import { isLoopbackHost } from "./listen-host.ts";

test("only addresses of this machine are loopback", () => {
  for (const host of [
    "loopback",
    "localhost",
    "127.0.0.1",
    "127.8.8.8",
    "::1",
    "0:0:0:0:0:0:0:1",
  ]) {
    assert.ok(isLoopbackHost(host), host);
  }
  const open = ["0.0.0.0", "::", "10.0.0.1", "128.0.0.1", "::2", "::10", "fe80::1", "1::1"];
  for (const host of [...open, "example.com", "127.evil.example", "127.0.0.1.example.com", ""]) {
    assert.ok(!isLoopbackHost(host), host);
  }
});
