import assert from "node:assert/strict";
import { test } from "node:test";
import { runsSimulator, simulatedProviders } from "./simulator-switch.ts";

const ours = { kind: "simulator", baseUrl: null };
const elsewhere = { kind: "simulator", baseUrl: "http://127.0.0.1:1" };
const real = { kind: "openai", baseUrl: null };
const home = { host: "loopback", public: false };

test("features.simulator: auto is on only at home and among simulators", () => {
  const rows = [
    ["auto", home, {}, true],
    ["auto", home, { ours }, true],
    ["auto", home, { ours, real }, false],
    ["auto", home, { elsewhere }, false],
    ["auto", { host: "loopback", public: true }, { ours }, false],
    ["auto", { host: "0.0.0.0", public: true }, { ours }, false],
    [true, { host: "0.0.0.0", public: true }, { real }, true],
    [false, home, { ours }, false],
  ] as const;
  for (const [simulator, listen, providers, expected] of rows) {
    assert.equal(runsSimulator({ features: { simulator }, listen, providers }), expected);
  }
});

test("only a simulator without a base URL is the one in this process", () => {
  assert.deepEqual(simulatedProviders({ elsewhere, ours, real }), ["ours"]);
});
