import assert from "node:assert/strict";
import { test } from "node:test";
import { circuit } from "@sekisho/wire/admin/circuit-fixture.ts";
import type { CircuitView } from "@sekisho/wire/admin/circuits.ts";
import { isAvailable, serviceStatus, serviceStatuses } from "./service-status.ts";

const region = (over: Partial<CircuitView> = {}): CircuitView =>
  circuit({ level: "region", id: "p/r", credential: null, model: null, ...over });

test("REF-6 a provider's status is that of its circuit that is worst off", () => {
  const rows: readonly (readonly [CircuitView[], string, number, number])[] = [
    [[circuit({}), circuit({ recentFailures: 3 })], "closed", 3, 30],
    [[circuit({ recentFailures: 3 }), circuit({ state: "half_open" })], "half_open", 0, 30],
    [
      [circuit({ state: "half_open" }), region({ state: "open", recoveryTimeoutS: 60 })],
      "open",
      0,
      60,
    ],
    [[], "closed", 0, 0],
  ];
  for (const [circuits, state, recentFailures, recoveryTimeoutS] of rows) {
    const { service, failureThreshold: _, ...status } = serviceStatus("p", circuits);
    assert.deepEqual(
      { service, ...status },
      { service: "p", state, recentFailures, recoveryTimeoutS },
    );
  }
});

test("REF-6 each provider has one status", () => {
  const circuits = [circuit({}), circuit({ provider: "q", state: "open" }), region()];
  assert.deepEqual(
    serviceStatuses(circuits).map(({ service, state }) => [service, state]),
    [
      ["p", "closed"],
      ["q", "open"],
    ],
  );
});

const availability: readonly (readonly [string, CircuitView[], boolean])[] = [
  ["nothing is known", [], true],
  ["one of two targets is open", [circuit({ state: "open" }), circuit({ id: "p/main/n" })], true],
  ["its only target is open", [circuit({ state: "open" }), region()], false],
  ["its region is open", [circuit({}), region({ state: "open" })], false],
  ["a target is half-open", [circuit({ state: "half_open" })], true],
  [
    "one of two credentials is refused",
    [
      circuit({}),
      circuit({ credential: "spare" }),
      circuit({ level: "credential", id: "p/main", state: "open", model: null }),
    ],
    true,
  ],
  [
    "its only credential is refused",
    [circuit({}), circuit({ level: "credential", id: "p/main", state: "open", model: null })],
    false,
  ],
  ["another provider is open", [circuit({}), circuit({ provider: "q", state: "open" })], true],
];

for (const [what, circuits, expected] of availability) {
  test(`OPS-7 when ${what} a provider is ${expected ? "" : "not "}available`, () => {
    assert.equal(isAvailable("p", circuits), expected);
  });
}
