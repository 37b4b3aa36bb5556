import assert from "node:assert/strict";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { SystemClock } from "@sekisho/lib/time/system-clock.ts";
import { startSimulator, type Simulator } from "@sekisho/simulator/server.ts";
import { assertOnce } from "../harness/assert-once.ts";
import { ServerProcess } from "../harness/server-process.ts";
import { SseReader, type SseFrame } from "../harness/sse-reader.ts";
import { steeredConfig } from "../harness/steered-config.ts";

let simulator: Simulator;
let data: string;
before(async () => {
  simulator = await startSimulator({ port: 0, seed: 1, clock: new SystemClock() });
  data = await mkdtemp(join(tmpdir(), "sekisho-streams-"));
});
after(async () => {
  await simulator.close();
  await rm(data, { recursive: true, force: true });
});

/** The keys of a start; a later one on the same folder has none to show. */
let key: string | null = null;

async function start(): Promise<ServerProcess> {
  const config = JSON.stringify(steeredConfig(simulator.url));
  const server = await ServerProcess.start({ config, data });
  key ??= server.ready.demoKey;
  return server;
}

const headers = () => ({ authorization: `Bearer ${key}`, "content-type": "application/json" });

const ask = ({ url }: ServerProcess, marker: string): Promise<Response> =>
  fetch(`${url}/v1/chat/completions`, {
    method: "POST",
    headers: { ...headers(), "x-sekisho-resumable": "true" },
    body: JSON.stringify({
      model: "sole",
      stream: true,
      messages: [{ role: "user", content: `Go on [[sim: ${marker}]]` }],
    }),
  });

const resume = ({ url }: ServerProcess, id: string, place: string): Promise<Response> =>
  fetch(`${url}/v1/streams/${id}`, { headers: { ...headers(), "last-event-id": place } });

const dataOf = (frames: readonly SseFrame[]): string[] => frames.map((frame) => frame.data);

async function killedInMidStream(): Promise<number> {
  const first = await start();
  const answer = await ask(first, "tokens=400 tps=50");
  const id = answer.headers.get("x-sekisho-stream") ?? "";
  const reader = new SseReader(answer);
  const seen: SseFrame[] = [];
  for (let n = 0; n < 20; n += 1) seen.push((await reader.next()) ?? assert.fail("too short"));
  await first.kill("SIGKILL");
  // What was on its way to this client is its own as well.
  for (;;) {
    const frame = await reader.next().catch(() => null);
    if (frame === null) break;
    seen.push(frame);
  }
  await using second = await start();
  // How long a process takes to start is another test's matter.
  const readyMs = performance.now();
  const whole = await new SseReader(await resume(second, id, "")).rest();
  const tookMs = performance.now() - readyMs;
  assert.deepEqual(dataOf(whole.slice(0, seen.length)), dataOf(seen));
  assert.match(whole.at(-1)?.data ?? "", /stream_interrupted/);
  const rest = await new SseReader(await resume(second, id, seen.at(-1)?.id ?? "")).rest();
  assert.deepEqual(dataOf(rest), dataOf(whole.slice(seen.length)));
  assert.equal((await resume(second, id, whole.at(-1)?.id ?? "")).status, 204);
  await first[Symbol.asyncDispose]();
  return tookMs;
}

test("STR-12 after SIGKILL what was delivered is readable, then a typed end in 2 s", () =>
  assertOnce(killedInMidStream, { limitMs: 2_000 }));

test("STR-12 SIGTERM in mid-stream: its reader notices nothing, others still come", async () => {
  const server = await start();
  const answer = await ask(server, "tokens=100 pause=50");
  const id = answer.headers.get("x-sekisho-stream") ?? "";
  const reader = new SseReader(answer);
  const seen = [(await reader.next()) ?? assert.fail("too short")];
  const stopped = server.kill("SIGTERM");
  const other = new SseReader(await resume(server, id, ""));
  await simulator.whenHeld(1);
  simulator.release();
  seen.push(...(await reader.rest()));
  assert.equal(seen.at(-1)?.data, "[DONE]");
  assert.deepEqual(dataOf(await other.rest()), dataOf(seen));
  assert.equal(await stopped, 0);
  await using next = await start();
  assert.deepEqual(dataOf(await new SseReader(await resume(next, id, "")).rest()), dataOf(seen));
  await server[Symbol.asyncDispose]();
});
