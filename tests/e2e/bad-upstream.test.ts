import assert from "node:assert/strict";
import type { Socket } from "node:net";
import { after, afterEach, before, test } from "node:test";
import { codes, type Code } from "@sekisho/wire/canonical/codes.data.ts";
import type { ConfigInput } from "@sekisho/server/config/schema.ts";
import { FaultProxy } from "../harness/proxy/fault-proxy.ts";
import { GatewayUnderTest } from "../harness/gateway-under-test.ts";
import { RawUpstream } from "../harness/raw-upstream.ts";
import { memoryBelow } from "../harness/memory-below.ts";
import { peakMemory, residentBytes } from "../harness/resident-memory.ts";
import { soleModel, steeredConfig } from "../harness/steered-config.ts";

const mebibyte = 2 ** 20;

let upstream: RawUpstream;
let gateway: GatewayUnderTest;

const config = (simulatorUrl: string): ConfigInput => {
  const steered = steeredConfig(simulatorUrl);
  const { hasty } = steered.models ?? {};
  assert.ok(hasty !== undefined);
  const raw = { ...hasty, targets: [{ provider: "raw", model: "gpt-4-turbo" }] };
  /** What is seen at once is seen on a busy machine too. */
  const patient = soleModel("raw", "gpt-4-turbo");
  return {
    ...steered,
    providers: { ...steered.providers, raw: { kind: "openai-compatible", baseUrl: upstream.url } },
    models: { ...steered.models, raw, patient },
  };
};

before(async () => {
  upstream = await RawUpstream.start();
  gateway = await GatewayUnderTest.start({ config });
});

after(async () => {
  await using _ = upstream;
  await using __ = gateway;
  assert.doesNotMatch(gateway.server.log, /nobody foresaw|a handler failed|uncaught/i);
});

afterEach(async () => {
  const response = await gateway.chat("Reply with exactly: still here");
  assert.match(await response.text(), /still here/);
});

const codeOf = async (response: Response): Promise<string | null> => {
  await response.arrayBuffer();
  return response.headers.get("x-sekisho-cause");
};

/** Asks both ways and expects the code as an HTTP error. */
const expectCode = async (
  ask: (stream: boolean) => Promise<Response>,
  code: Code,
): Promise<void> => {
  for (const stream of [true, false]) {
    const response = await ask(stream);
    assert.deepEqual(
      [response.status, await codeOf(response)],
      [codes[code].status, code],
      `${stream}`,
    );
  }
};

const large = [
  ["huge-line", true],
  ["huge-line", false],
  ["bomb", true],
  ["bomb", false],
] as const;

/** Four times each kind of an answer that is far too large; what it grew to meanwhile. */
const meetLarge = async (): Promise<number> => {
  const asking = large.flatMap(([fault, stream]) =>
    Array.from({ length: 4 }, () => gateway.chat(`[[sim: fault=${fault}]]`, { stream })),
  );
  const answered = Promise.all(asking.map(async (each) => codeOf(await each)));
  const peakBytes = await peakMemory(gateway.server.pid, answered);
  const codesMet = new Set(await answered);
  assert.deepEqual([...codesMet], ["upstream_malformed"]);
  return peakBytes;
};

test("lines and answers of 64 MiB and bombs of 1 GiB are given up, and hold nothing", async () => {
  // What the allocator keeps of the first ones is no leak; the next ones have to do with it.
  await meetLarge();
  const usualBytes = residentBytes(gateway.server.pid);
  const peakBytes = await meetLarge();
  const grown = Math.round((peakBytes - usualBytes) / mebibyte);
  // A whole answer is held up to 32 MiB and a line up to 1 MiB; what comes next is not.
  assert.ok(grown < 4 * 32 + 64, `${grown} MiB more for 512 MiB of answers and 8 GiB of bombs`);
  await memoryBelow(gateway, usualBytes + 64 * mebibyte);
});

const asked = (stream: boolean, model = "patient"): Promise<Response> =>
  gateway.chat("Hello", { model, stream });

/** Writes the same bytes until the gateway hangs up. */
const forever = (bytes: string) => (socket: Socket) => {
  const block = bytes.repeat(Math.ceil(65_536 / bytes.length));
  const write = (): void => {
    while (!socket.destroyed && socket.write(block));
  };
  socket.on("drain", write);
  write();
};

const head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n";
const stream = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n";

const cases: readonly (readonly [what: string, answer: (socket: Socket) => void, code: Code])[] = [
  [
    "a header without end",
    (socket) => {
      socket.write(`${head}x-long: `);
      forever("a")(socket);
    },
    "upstream_malformed",
  ],
  [
    "headers without end",
    (socket) => {
      socket.write(head);
      forever("x-again: and again\r\n")(socket);
    },
    "upstream_malformed",
  ],
  ["a status line without end", forever("HTTP/1.1 200 OK OK OK "), "upstream_timeout"],
  ["no HTTP at all", (socket) => socket.end("+OK ready\r\n"), "upstream_malformed"],
  ["another protocol", (socket) => socket.end("HTTP/2.0 200 OK\r\n\r\n"), "upstream_malformed"],
  [
    "a chunk size that is none",
    (socket) => socket.end(`${head}transfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n`),
    "upstream_malformed",
  ],
  [
    "two lengths",
    (socket) => socket.end(`${head}content-length: 2\r\ncontent-length: 3\r\n\r\n{}`),
    "upstream_cut",
  ],
  [
    "a body that is shorter than announced",
    (socket) => socket.end(`${head}content-length: 1000\r\n\r\n{"id":`),
    "upstream_cut",
  ],
  ["half a head", (socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-ty"), "upstream_cut"],
  ["interim answers without end", forever("HTTP/1.1 100 Continue\r\n\r\n"), "upstream_cut"],
];

for (const [what, answer, code] of cases) {
  test(`${what} is ${code}`, async () => {
    upstream.answer = answer;
    const model = code === "upstream_timeout" ? "raw" : "patient";
    if (what !== "a body that is shorter than announced") {
      return expectCode((stream) => asked(stream, model), code);
    }
    // Of a stream's head that says JSON nothing more needs to be read.
    const response = await asked(false);
    assert.deepEqual([response.status, await codeOf(response)], [502, code]);
  });
}

test("comments without end are no content: the first token's time-out holds", async () => {
  upstream.answer = (socket) => {
    socket.write(`${stream}connection: close\r\n\r\n`);
    const timer = setInterval(() => socket.write(": still thinking\n\n"), 20);
    socket.once("close", () => clearInterval(timer));
  };
  const response = await asked(true, "raw");
  assert.deepEqual([response.status, await codeOf(response)], [504, "upstream_timeout"]);
});

test("STR-8 start frames without end are given up at 64 KiB", async () => {
  upstream.answer = (socket) => {
    socket.write(`${stream}connection: close\r\n\r\n`);
    forever('data: {"choices":[{"index":0,"delta":{"role":"assistant"}}]}\n\n')(socket);
  };
  const response = await asked(true);
  assert.deepEqual([response.status, await codeOf(response)], [502, "upstream_malformed"]);
});

test("RTE-7 nobody at the provider's address is upstream_unavailable", async () => {
  await using nobody = await FaultProxy.start({ to: "http://127.0.0.1:9" });
  nobody.refuse();
  const { url } = nobody;
  await using other = await GatewayUnderTest.start({
    config: (simulatorUrl) => {
      const usual = config(simulatorUrl);
      const raw = { kind: "openai-compatible" as const, baseUrl: url };
      return { ...usual, providers: { ...usual.providers, raw } };
    },
  });
  const response = await other.chat("Hello", { model: "raw" });
  assert.deepEqual([response.status, await codeOf(response)], [503, "upstream_unavailable"]);
});

test("SEC-6 a redirect is not followed", async () => {
  const seen: string[] = [];
  await using inner = await RawUpstream.start();
  inner.answer = (socket) => {
    seen.push("asked");
    socket.end();
  };
  upstream.answer = (socket) =>
    socket.end(
      `HTTP/1.1 307 Temporary Redirect\r\nlocation: ${inner.url}/v1/chat/completions\r\n` +
        "content-length: 0\r\n\r\n",
    );
  await expectCode(asked, "upstream_malformed");
  assert.deepEqual(seen, []);
});
