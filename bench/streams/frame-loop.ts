/**
 * What a frame of a session costs the process that writes it: alone in its turn, and with 63 others
 * of one turn. The reader is a process of its own. Prints one FrameCost.
 *
 *   node bench/streams/frame-loop.ts <core of the reader>
 */
import { spawn } from "node:child_process";
import { createServer } from "node:http";
import { once } from "node:events";
import type { AddressInfo, Socket } from "node:net";
import { join } from "node:path";
import { Outbox } from "@sekisho/lib/http/exchange/outbox.ts";
import { WireHead } from "@sekisho/lib/http/exchange/wire-head.ts";
import { defaultHttpLimits } from "@sekisho/lib/http/limits.ts";
import { UpgradeH1 } from "@sekisho/lib/http/websocket/upgrade-h1.ts";
import type { WebSocketSession } from "@sekisho/lib/http/websocket/websocket-session.ts";
import { SystemClock } from "@sekisho/lib/time/system-clock.ts";
import { TimerWheel } from "@sekisho/lib/time/timer-wheel.ts";
import { subprotocol } from "@sekisho/wire/stream/server-frame.ts";

/** CPU per frame, in microseconds. */
export interface FrameCost {
  readonly alone: number;
  readonly corked: number;
}

const warmUpFrames = 20_000;
const measuredFrames = 100_000;
const corkedFrames = 64;

/** A delta as sessions send it. */
const frame = JSON.stringify({
  type: "event",
  response: `rsp_${"0".repeat(26)}`,
  seq: 17,
  event: { type: "text", text: "some words of an answer" },
});

const clock = new SystemClock();
const limits = { ...defaultHttpLimits, strangersBytes: 16_384 };
const memory = null as never; // no body is read here
const context = {
  limits,
  wheel: new TimerWheel(clock),
  outbox: new Outbox(clock),
  bodyMemory: memory,
  strangersMemory: memory,
  isDraining: false,
};

const server = createServer().listen(0, "127.0.0.1");
await once(server, "listening");
// It listens on a port, so its address is one of TCP.
const { port } = server.address() as AddressInfo;
const command = [process.execPath, join(import.meta.dirname, "frame-reader.ts"), String(port)];
const reader = spawn("taskset", ["-c", process.argv[2] ?? "0", ...command], { stdio: "ignore" });
const session = await accepted();
await send(warmUpFrames, 1);
await send(warmUpFrames, corkedFrames);
const cost: FrameCost = {
  alone: await cpuMicrosOf(1),
  corked: await cpuMicrosOf(corkedFrames),
};
process.stdout.write(`${JSON.stringify(cost)}\n`, () => {
  reader.kill();
  process.exit(0);
});

function accepted(): Promise<WebSocketSession> {
  return new Promise((resolve) => {
    server.on("upgrade", (request, stream, rest: Buffer) => {
      const parsed = {
        method: "GET",
        target: "/v1/stream",
        protocol: "h1",
        version: "1.1",
      } as const;
      const head = new WireHead({
        ...parsed,
        remoteAddress: "127.0.0.1",
        connection: 1,
        headers: [],
      });
      // A server without TLS has sockets.
      const socket = stream as Socket;
      const upgrade = new UpgradeH1({ head, request, socket, rest, context, trust() {} });
      const terms = { subprotocol, messageBytes: 1_024, strangersBytes: 1_024 };
      resolve(upgrade.accept(terms) ?? fail("no handshake"));
    });
  });
}

async function cpuMicrosOf(perTurn: number): Promise<number> {
  const before = process.cpuUsage();
  await send(measuredFrames, perTurn);
  const { user, system } = process.cpuUsage(before);
  return (user + system) / measuredFrames;
}

/** So many frames, so many in a turn; it waits for a reader that is behind. */
async function send(count: number, perTurn: number): Promise<void> {
  let drained = (): void => {};
  session.observe({ text() {}, drained: () => drained(), closed: () => fail("the reader left") });
  for (let sent = 0; sent < count;) {
    let hasRoom = true;
    for (let n = 0; n < perTurn && sent < count; n += 1, sent += 1) hasRoom = session.send(frame);
    if (!hasRoom) await new Promise<void>((resolve) => (drained = resolve));
    await new Promise((resolve) => setImmediate(resolve));
  }
}

function fail(why: string): never {
  throw new Error(`Cannot measure frames: ${why}`);
}
