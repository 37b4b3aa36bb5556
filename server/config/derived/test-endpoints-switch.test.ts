import assert from "node:assert/strict";
import { test } from "node:test";
import { hasTestEndpoints } from "./test-endpoints-switch.ts";

const ours = { kind: "simulator", baseUrl: null };
const real = { kind: "openai", baseUrl: null };
const home = { host: "loopback", public: false };

test("SIM-6 features.testEndpoints: auto is on only at home and among simulators", () => {
  const rows = [
    ["auto", home, { ours }, true],
    ["auto", home, { ours, real }, false],
    ["auto", { host: "loopback", public: true }, { ours }, false],
    ["auto", { host: "0.0.0.0", public: true }, { ours }, false],
    [true, { host: "0.0.0.0", public: true }, { real }, true],
    [false, home, { ours }, false],
  ] as const;
  for (const [testEndpoints, listen, providers, expected] of rows) {
    assert.equal(
      hasTestEndpoints({ features: { testEndpoints }, listen, providers, processes: 1 }),
      expected,
    );
    assert.equal(
      hasTestEndpoints({ features: { testEndpoints }, listen, providers, processes: 2 }),
      testEndpoints === true,
    );
  }
});
