import assert from "node:assert/strict";
import { test } from "node:test";
import { Metrics } from "./metrics.ts";
import { sumExpositions } from "./sum-expositions.ts";

function process(requests: number, level: number) {
  const metrics = new Metrics();
  const counter = metrics.counter({ name: "asked_total", help: "Asked", labels: { by: 10 } });
  counter.with({ by: "a b" }).add(requests);
  if (requests > 1) counter.with({ by: "c" }).add(1);
  metrics.gauge({ name: "level", help: "How bad" }).with({}).set(level);
  const scale = { perUnit: 1_000, bounds: [0.001, 1] };
  const histogram = metrics.histogram({ name: "took_seconds", help: "Took" }, scale).with({});
  for (let n = 0; n < requests; n += 1) histogram.record(500);
  return metrics;
}

const highest = new Set(["level"]);

test("counters and histograms are added, of levels the highest is shown", () => {
  const sum = sumExpositions([process(1, 2).expose(), process(4, 1).expose()], highest);
  const lines = sum.split("\n");
  assert.ok(lines.includes('asked_total{by="a b"} 5'));
  assert.ok(lines.includes('asked_total{by="c"} 1'));
  assert.ok(lines.includes("level 2"));
  assert.ok(lines.includes('took_seconds_bucket{le="+Inf"} 5'));
  assert.ok(lines.includes("took_seconds_sum 2.5"));
  assert.equal(lines.filter((line) => line.startsWith("# TYPE")).length, 3);
  // Series stand behind the head of their family, also those that the first did not have.
  const heads = lines.filter((line) => line.startsWith("# HELP")).map((line) => line.split(" ")[2]);
  assert.deepEqual(heads, ["asked_total", "level", "took_seconds"]);
});

test("of one process the text stays as it is", () => {
  const text = process(3, 1).expose();
  assert.equal(sumExpositions([text], highest), text);
  assert.equal(sumExpositions([], highest), "");
});
