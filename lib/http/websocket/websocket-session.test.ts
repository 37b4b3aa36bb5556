import assert from "node:assert/strict";
import { EventEmitter } from "node:events";
import { Socket } from "node:net";
import { test } from "node:test";
import { TimerWheel } from "../../time/timer-wheel.ts";
import { VirtualClock } from "../../time/virtual-clock.ts";
import type { RequestHead } from "../exchange.ts";
import { Outbox } from "../exchange/outbox.ts";
import { defaultHttpLimits } from "../limits.ts";
import { WsSession } from "./websocket-session.ts";

type Peer = ConstructorParameters<typeof WsSession>[0];

/** As `ws` does it, but that nothing is sent. */
class SilentPeer extends EventEmitter implements Peer {
  readonly readyState = 1;
  readonly bufferedAmount = 0;
  readonly reasons: Uint8Array[] = [];
  send(): void {}
  terminate(): void {}
  close(_code: number, reason: Uint8Array): void {
    if (Buffer.byteLength(reason) > 123) throw new RangeError("too long for a control frame");
    this.reasons.push(reason);
  }
}

const head: RequestHead = {
  method: "GET",
  path: "/v1/stream",
  query: "",
  protocol: "h1",
  remoteAddress: "127.0.0.1",
  clientAddress: null,
  connection: 1,
  header: () => undefined,
  headerNames: () => [],
};

test("STR-11 a session says goodbye with the beginning of a long Japanese reason", () => {
  const clock = new VirtualClock();
  const socket = new Socket();
  const peer = new SilentPeer();
  const session = new WsSession(peer, {
    head,
    socket,
    context: { outbox: new Outbox(clock), wheel: new TimerWheel(clock), limits: defaultHttpLimits },
    trust: () => {},
    strangersBytes: 16_384,
  });
  session.close(4409, `"${"予".repeat(64)}" is under way`);
  socket.destroy();
  assert.deepEqual(
    peer.reasons.map((each) => Buffer.from(each).toString("utf8")),
    [`"${"予".repeat(40)}`],
  );
});
