import assert from "node:assert/strict";
import { connect as connectHttp2, type ClientHttp2Session } from "node:http2";
import { connect } from "node:net";
import { afterEach, beforeEach, test } from "node:test";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { until } from "./fault-harness.ts";
import { startSimulator, type Simulator } from "./server.ts";

let simulator: Simulator;
let session: ClientHttp2Session;

beforeEach(async () => {
  simulator = await startSimulator({ port: 0, seed: 1, clock: new VirtualClock() });
  session = connectHttp2(simulator.url);
  session.on("error", () => undefined);
});
afterEach(async () => {
  session.destroy();
  await simulator.close();
});

interface Answer {
  status: number;
  text: string;
  end: "whole" | "cut";
  resetCode: number;
}

const ask = (path: string, text: string): Promise<Answer> => {
  const stream = session.request({ ":method": "POST", ":path": path });
  const answer: Answer = { status: 0, text: "", end: "cut", resetCode: 0 };
  stream.on("response", (headers) => (answer.status = headers[":status"] ?? 0));
  stream.on("data", (chunk: Buffer) => (answer.text += chunk.toString("latin1")));
  stream.on("end", () => (answer.end = "whole"));
  stream.on("error", () => undefined);
  stream.end(JSON.stringify({ messages: [{ role: "user", content: [{ text }] }] }));
  return new Promise((resolve) => {
    stream.on("close", () => resolve({ ...answer, resetCode: stream.rstCode ?? 0 }));
  });
};

const converse = "/us-east-1/model/amazon.nova-lite-v1%3A0/converse";

test("SIM-1 one port speaks HTTP/1.1 and HTTP/2 with prior knowledge", async () => {
  const answer = await ask(converse, "Say hi there");
  assert.equal(answer.status, 200);
  assert.match(answer.text, /"text":"hi there"/);
  const streamed = await ask(`${converse}-stream`, "Say hi there");
  assert.match(streamed.text, /contentBlockDelta.*metadata/s);
  assert.equal((await fetch(`${simulator.url}/v1/models`)).status, 200);
  const connections = simulator.calls().map((call) => [call.connection, call.requestOfConnection]);
  assert.deepEqual(connections, [
    [1, 1],
    [1, 2],
  ]);
});

test("SIM-2 the control surface and refusals go over HTTP/2 too", async () => {
  const released = await ask("/_sim/release", "x");
  assert.equal(released.status, 400);
  assert.equal((await ask("/nothing", "x")).status, 404);
});

test("SIM-2 cut-rst is RST_STREAM, and the connection lives on", async () => {
  const marker = "x [[sim:tokens=60 fault=cut-rst]]";
  const cut = await ask(`${converse}-stream`, marker);
  assert.deepEqual([cut.status, cut.resetCode], [200, 2]);
  assert.equal(cut.text.split("contentBlockDelta").length, 21);
  assert.equal((await ask(converse, "x [[sim:fault=close-rst]]")).resetCode, 2);
  assert.equal((await ask(converse, "Say hi")).status, 200);
});

test("SIM-2 cut-fin ends the connection behind what was sent", async () => {
  const cut = await ask(`${converse}-stream`, "x [[sim:tokens=60 fault=cut-fin]]");
  assert.equal(cut.text.split("contentBlockDelta").length, 21);
  assert.equal(cut.end === "whole" && cut.text.includes("messageStop"), false);
  await until(() => session.destroyed || session.closed);
  assert.equal(simulator.calls()[0]?.outcome, "cut_by_us");
});

test("SIM-2 a client that resets its stream is gone", async () => {
  const stream = session.request({ ":method": "POST", ":path": `${converse}-stream` });
  stream.on("error", () => undefined);
  const content = [{ text: "x [[sim:tokens=60 fault=stall]]" }];
  stream.end(JSON.stringify({ messages: [{ role: "user", content }] }));
  await until(() => simulator.calls()[0]?.producedTokens === 20);
  stream.close(8);
  await until(() => simulator.calls()[0]?.state === "ended");
  const [call] = simulator.calls();
  assert.deepEqual([call?.outcome, call?.tokens.output], ["client_gone", 20]);
});

test("a connection that ends before it says what it speaks is ended", async () => {
  const socket = connect(simulator.port, "127.0.0.1");
  let isEnded = false;
  socket.on("close", () => (isEnded = true));
  socket.end("PRI * HTTP");
  socket.resume();
  await until(() => isEnded);
});
