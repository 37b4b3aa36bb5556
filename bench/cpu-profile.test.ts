import assert from "node:assert/strict";
import { test } from "node:test";
import { areaOf, functionCosts, type CpuProfile } from "./cpu-profile.ts";

const frame = (functionName: string, url = "", lineNumber = 0) => ({
  functionName,
  url,
  lineNumber,
});

// root -> handle -> parse -> handle (recursion), root -> idle; one sample each 100 µs.
const profile: CpuProfile = {
  startTime: 1000,
  nodes: [
    { id: 1, callFrame: frame("(root)"), children: [2, 5] },
    { id: 2, callFrame: frame("handle", "file:///app/server/edge/chat.ts", 9), children: [3] },
    { id: 3, callFrame: frame("parse", "node:internal/url", 3), children: [4] },
    { id: 4, callFrame: frame("handle", "file:///app/server/edge/chat.ts", 9) },
    { id: 5, callFrame: frame("(idle)") },
  ],
  samples: [2, 3, 4, 5, 2],
  timeDeltas: [0, 100, 100, 100, 100],
};
const everything = { fromMicros: 0, untilMicros: 1e9 };

test("self time is summed over call sites, total time counts recursion once", () => {
  const [handle, parse, ...rest] = functionCosts(profile, "/app", everything);
  assert.deepEqual(handle, {
    name: "handle",
    place: "server/edge/chat.ts:10",
    selfMicros: 200,
    totalMicros: 300,
  });
  assert.deepEqual(parse, {
    name: "parse",
    place: "node:internal/url:4",
    selfMicros: 100,
    totalMicros: 200,
  });
  assert.deepEqual(rest, []);
});

test("samples outside the span do not count", () => {
  const costs = functionCosts(profile, "/app", { fromMicros: 1100, untilMicros: 1200 });
  assert.deepEqual(
    costs.map(({ name, selfMicros }) => [name, selfMicros]),
    [
      ["parse", 100],
      ["handle", 0],
    ],
  );
});

test("an empty profile costs nothing", () => {
  const empty = { startTime: 0, nodes: [], samples: [], timeDeltas: [] };
  assert.deepEqual(functionCosts(empty, "/app", everything), []);
});

test("areas are rooms of the project, packages, Node's modules and V8", () => {
  const areas = [
    ["lib/http/exchange.ts:3", "lib/http"],
    ["gateway/pipeline.ts:3", "gateway"],
    ["undici/lib/core/request.js:1", "undici"],
    ["@sekisho/wire/openai/chat.ts:1", "@sekisho/wire"],
    ["node:internal/streams/writable:5", "node:internal/streams"],
    ["node:net:800", "node:net"],
  ] as const;
  for (const [place, area] of areas) {
    assert.equal(areaOf({ name: "f", place, selfMicros: 0, totalMicros: 0 }), area);
  }
  const native = { place: "", selfMicros: 0, totalMicros: 0 };
  assert.equal(areaOf({ ...native, name: "writev" }), "native");
  assert.equal(areaOf({ ...native, name: "(garbage collector)" }), "(garbage collector)");
});
