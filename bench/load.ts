/**
 * The load generator, a program of its own so that it can be pinned to another core than what it
 * measures. It prints one JSON object (LoadResult).
 *
 *   node bench/load.ts --port 8080 --body request.json [--connections 64] [--rate 200] ...
 */
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { LoadRun } from "./load-run.ts";

const { values } = parseArgs({
  options: {
    port: { type: "string" },
    path: { type: "string", default: "/v1/chat/completions" },
    header: { type: "string", multiple: true, default: [] },
    body: { type: "string" },
    connections: { type: "string", default: "1" },
    rate: { type: "string", default: "0" },
    "warm-ms": { type: "string", default: "0" },
    "measure-ms": { type: "string", default: "1000" },
    "ramp-ms": { type: "string", default: "0" },
    once: { type: "boolean", default: false },
    "expect-events": { type: "string", default: "0" },
    "watch-pid": { type: "string", default: "0" },
  },
});
if (values.port === undefined || values.body === undefined) {
  throw new Error("Cannot start load: --port and --body are required");
}

const result = await new LoadRun({
  port: Number(values.port),
  request: requestBytes(values.path, values.header, readFileSync(values.body)),
  connections: Number(values.connections),
  rate: Number(values.rate),
  warmMs: Number(values["warm-ms"]),
  measureMs: Number(values["measure-ms"]),
  rampMs: Number(values["ramp-ms"]),
  once: values.once,
  expectEvents: Number(values["expect-events"]),
  watchPid: Number(values["watch-pid"]),
}).run();
process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));

function requestBytes(path: string, headers: readonly string[], body: Buffer): Buffer {
  const head = [
    `POST ${path} HTTP/1.1`,
    "host: 127.0.0.1",
    "content-type: application/json",
    `content-length: ${body.length}`,
    ...headers,
  ];
  return Buffer.concat([Buffer.from(`${head.join("\r\n")}\r\n\r\n`, "latin1"), body]);
}
