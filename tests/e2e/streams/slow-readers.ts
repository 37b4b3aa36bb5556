import { setTimeout as sleep } from "node:timers/promises";
import { GatewayUnderTest } from "../../harness/gateway-under-test.ts";
import { RawClient } from "../../harness/raw-client.ts";
import { residentBytes } from "../../harness/resident-memory.ts";
import { sessionOpening } from "../../harness/session-frames.ts";

/**
 * `npm run streams:slow -- 1000 800`: so many readers that take 100 bytes a second of answers of so
 * many chunks of 250 bytes, half of them over sessions and half over resumable events; says what
 * each of them costs the gateway, the garbage of its runtime included. 20,000 chunks are more than
 * the kernel's buffers hold.
 */
const count = Number(process.argv[2] ?? 1_000);
const tokens = Number(process.argv[3] ?? 800);
/** Each answer is made in 20 s, or at 250 chunks a second. */
const tokensPerSecond = Math.min(250, Math.ceil(tokens / 20));
const lookS = Math.ceil(tokens / tokensPerSecond) + 5;

await using gateway = await GatewayUnderTest.start();
const { pid } = gateway.server;
const messages = [
  { role: "user", content: `Go on [[sim: tokens=${tokens} tps=${tokensPerSecond}]]` },
];
const request = { model: "sole", max_tokens: 100_000, messages };

for (let n = 0; n < 200; n += 1) await (await gateway.chat("Reply with exactly: quick")).text();
const usualBytes = residentBytes(pid);

const body = JSON.stringify({ ...request, stream: true });
const post =
  `POST /v1/chat/completions HTTP/1.1\r\nhost: a\r\nauthorization: Bearer ${gateway.key}\r\n` +
  `content-type: application/json\r\nx-sekisho-resumable: true\r\n` +
  `content-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
const readers = Array.from({ length: count }, (_, n) => {
  const start = { type: "start", id: "1", request };
  return new RawClient(gateway.url, n % 2 === 0 ? post : sessionOpening(gateway.key, [start]));
});
for (const { socket } of readers) {
  socket.removeAllListeners("data");
  // Without a listener the socket would not even fill its own buffer.
  socket.on("readable", () => {});
}
const sip = setInterval(() => {
  for (const { socket } of readers) socket.read(100);
}, 1_000);
let peakBytes = 0;
for (let n = 0; n < lookS; n += 1) {
  await sleep(1_000);
  peakBytes = Math.max(peakBytes, residentBytes(pid));
}
const startedMs = performance.now();
await (await gateway.chat("Reply with exactly: quick")).text();
const tookMs = Math.round(performance.now() - startedMs);
clearInterval(sip);
for (const reader of readers) reader[Symbol.dispose]();
const each = Math.round((peakBytes - usualBytes) / 1_024 / count);
console.log(`${count} readers, ${each} KiB each at the peak; a call beside them took ${tookMs} ms`);
