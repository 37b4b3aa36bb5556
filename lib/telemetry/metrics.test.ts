import assert from "node:assert/strict";
import { test } from "node:test";
import { Failure } from "../failure/failure.ts";
import { Metrics } from "./metrics.ts";

const isRefused = (error: unknown): boolean =>
  error instanceof Failure && error.code === "metric_refused";

test("a registry without metrics exposes nothing", () => {
  assert.equal(new Metrics().expose(), "");
});

test("counters and gauges are exposed in Prometheus' text format", () => {
  const metrics = new Metrics();
  const requests = metrics.counter({
    name: "requests_total",
    help: "Requests answered.",
    labels: { route: 10, status: 10 },
  });
  const open = metrics.gauge({ name: "connections", help: "Open connections." }).with({});
  metrics.observedGauge({ name: "heap_bytes", help: "Heap." }, () => 1_234.5);
  requests.with({ route: "/v1", status: "200" }).add();
  requests.with({ route: "/v1", status: "200" }).add(2);
  requests.with({ status: "404", route: "/" }).add();
  open.set(5);
  open.add(-2);
  assert.equal(
    metrics.expose(),
    [
      "# HELP requests_total Requests answered.",
      "# TYPE requests_total counter",
      'requests_total{route="/v1",status="200"} 3',
      'requests_total{route="/",status="404"} 1',
      "# HELP connections Open connections.",
      "# TYPE connections gauge",
      "connections 3",
      "# HELP heap_bytes Heap.",
      "# TYPE heap_bytes gauge",
      "heap_bytes 1234.5",
      "",
    ].join("\n"),
  );
});

test("observed gauges show what there is when they are exposed, the later of two", () => {
  const metrics = new Metrics();
  let rooms = ["hall", "attic", "hall"];
  metrics.observedGauges({ name: "light", help: "Light.", labels: { room: 2 } }, () =>
    rooms.map((room, value) => ({ labels: { room }, value })),
  );
  const head = "# HELP light Light.\n# TYPE light gauge\n";
  assert.equal(metrics.expose(), `${head}light{room="hall"} 2\nlight{room="attic"} 1\n`);
  rooms = ["cellar"];
  assert.equal(metrics.expose(), `${head}light{room="cellar"} 0\n`);
  rooms = ["a", "b", "c", "d"];
  assert.match(metrics.expose(), /light\{room="b"\} 1\nlight\{room="other"\} 3\n$/);
  assert.throws(() => metrics.gauge({ name: "light", help: "" }), isRefused);
});

test("a histogram's limits count exactly and are shown as what they are", () => {
  const metrics = new Metrics();
  const scale = { perUnit: 1_000, bounds: [0.01, 0.1, 0.101, 1] };
  const latency = metrics.histogram({ name: "seconds", help: "Latency." }, scale).with({});
  for (const ms of [0, 10, 11, 100, 103, 104, 1_023, 1_024, 90_000]) latency.record(ms);
  assert.equal(
    metrics.expose(),
    [
      "# HELP seconds Latency.",
      "# TYPE seconds histogram",
      'seconds_bucket{le="0.01"} 2',
      'seconds_bucket{le="0.103"} 5',
      'seconds_bucket{le="1.023"} 7',
      'seconds_bucket{le="+Inf"} 9',
      "seconds_sum 92.375",
      "seconds_count 9",
      "",
    ].join("\n"),
  );
});

test("a histogram's buckets carry the labels too", () => {
  const metrics = new Metrics();
  const scale = { perUnit: 1, bounds: [1] };
  const family = metrics.histogram({ name: "h", help: "H.", labels: { kind: 3 } }, scale);
  family.with({ kind: "a" }).record(1);
  assert.match(
    metrics.expose(),
    /h_bucket\{kind="a",le="1"\} 1\nh_bucket\{kind="a",le="\+Inf"\} 1/u,
  );
});

test("values that no number has are written as Prometheus spells them", () => {
  const metrics = new Metrics();
  const readings = [Infinity, -Infinity, Number.NaN];
  const family = metrics.gauge({ name: "g", help: "G.", labels: { n: 3 } });
  for (const [n, reading] of readings.entries()) family.with({ n: String(n) }).set(reading);
  assert.match(metrics.expose(), /g\{n="0"\} \+Inf\ng\{n="1"\} -Inf\ng\{n="2"\} NaN\n/u);
});

test("label values and help cannot break out of their place", () => {
  const metrics = new Metrics();
  const family = metrics.counter({ name: "c", help: "a\\b\nc 5", labels: { v: 5 } });
  family.with({ v: 'x"} 1\nevil 2\\' }).add();
  assert.equal(
    metrics.expose(),
    '# HELP c a\\\\b\\nc 5\n# TYPE c counter\nc{v="x\\"} 1\\nevil 2\\\\"} 1\n',
  );
});

test("SEC-10 a label takes as many values as it may, then counts under other", () => {
  const metrics = new Metrics();
  const family = metrics.counter({ name: "c", help: "C.", labels: { who: 2, what: 1 } });
  for (const who of ["a", "b", "c", "d", "a"]) family.with({ who, what: "x" }).add();
  family.with({ who: "a", what: "y" }).add();
  const lines = metrics.expose().split("\n").slice(2, -1);
  assert.deepEqual(lines, [
    'c{who="a",what="x"} 2',
    'c{who="b",what="x"} 1',
    'c{who="other",what="x"} 2',
    'c{who="a",what="other"} 1',
  ]);
});

test("SEC-10 a metric keeps at most 1,001 label sets, whatever its labels allow", () => {
  const metrics = new Metrics();
  const family = metrics.counter({ name: "c", help: "C.", labels: { a: 100, b: 100 } });
  for (let n = 0; n < 5_000; n++) {
    family.with({ a: String(n % 100), b: String(Math.floor(n / 100)) }).add();
  }
  const series = [...family.series()];
  assert.equal(series.length, 1_001);
  assert.equal(series.at(-1)?.labels, 'a="other",b="other"');
  assert.equal(series.at(-1)?.metric.value, 4_000);
  assert.equal(
    series.reduce((sum, { metric }) => sum + metric.value, 0),
    5_000,
  );
});

test("SEC-10 a label value is cut at 128 characters", () => {
  const family = new Metrics().counter({ name: "c", help: "C.", labels: { v: 5 } });
  const long = family.with({ v: "x".repeat(1_000) });
  assert.equal(family.with({ v: "x".repeat(2_000) }), long);
  assert.equal([...family.series()][0]?.labels.length, 'v=""'.length + 128);
});

test("resolving twice gives the same counter", () => {
  const family = new Metrics().counter({ name: "c", help: "C.", labels: { v: 5 } });
  assert.equal(family.with({ v: "a" }), family.with({ v: "a" }));
  assert.notEqual(family.with({ v: "a" }), family.with({ v: "b" }));
});

test("names that are taken or malformed are refused", () => {
  const metrics = new Metrics();
  metrics.counter({ name: "c", help: "C." });
  assert.throws(() => metrics.gauge({ name: "c", help: "C." }), isRefused);
  for (const name of ["", "9c", "a-b", "a b", "a\nb"]) {
    assert.throws(() => metrics.counter({ name, help: "C." }), isRefused, name);
  }
  for (const label of ["le-x", "__name", "9", ""]) {
    const labels = { [label]: 1 };
    assert.throws(() => metrics.counter({ name: "d", help: "D.", labels }), isRefused, label);
  }
});
