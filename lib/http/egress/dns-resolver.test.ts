import assert from "node:assert/strict";
import { createSocket, type Socket } from "node:dgram";
import { test } from "node:test";
import { until } from "../testing/patience.ts";
import { defaultDnsResolverOptions, DnsResolver } from "./dns-resolver.ts";

const typeA = 1;

/** A name server that has records of one kind for every name, or keeps silent. */
class NameServer implements AsyncDisposable {
  readonly #socket: Socket = createSocket("udp4");
  readonly asked = Promise.withResolvers<void>();
  readonly names: string[] = [];

  /** `records` are the addresses of IPv4; null to say nothing. */
  static async open(records: readonly string[] | null): Promise<NameServer> {
    const server = new NameServer();
    server.#socket.on("message", (question, { port, address }) => {
      server.names.push(nameOf(question));
      server.asked.resolve();
      if (records !== null) server.#socket.send(answerTo(question, records), port, address);
    });
    await new Promise<void>((resolve) => server.#socket.bind(0, "127.0.0.1", resolve));
    return server;
  }

  get resolver(): DnsResolver {
    const servers = [`127.0.0.1:${this.#socket.address().port}`];
    return new DnsResolver({ ...defaultDnsResolverOptions, servers });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return new Promise((resolve) => this.#socket.close(() => resolve()));
  }
}

/** The end of the question: the name's labels up to the empty one, then type and class. */
const endOfName = (question: Buffer): number => question.indexOf(0, 12) + 1;

function nameOf(question: Buffer): string {
  const labels: string[] = [];
  for (let at = 12; question[at] !== 0; at += 1 + (question[at] ?? 0)) {
    labels.push(question.toString("latin1", at + 1, at + 1 + (question[at] ?? 0)));
  }
  return labels.join(".");
}

function answerTo(question: Buffer, records: readonly string[]): Buffer {
  const end = endOfName(question);
  const found = question.readUInt16BE(end) === typeA ? records : [];
  const head = Buffer.from(question.subarray(0, end + 4));
  head.writeUInt16BE(0x8180, 2);
  head.writeUInt16BE(found.length, 6);
  head.writeUInt16BE(0, 10);
  const answers = found.map((address) =>
    Buffer.from([0xc0, 12, 0, typeA, 0, 1, 0, 0, 0, 0, 0, 4, ...address.split(".").map(Number)]),
  );
  return Buffer.concat([head, ...answers]);
}

const never = new AbortController().signal;

test("SEC-6 every address of a name", async () => {
  await using server = await NameServer.open(["93.184.215.14", "10.0.0.5"]);
  const found = await until(server.resolver.lookup("img.example.com", never));
  assert.deepEqual(found, ["93.184.215.14", "10.0.0.5"]);
  assert.deepEqual(new Set(server.names), new Set(["img.example.com"]));
});

test("SEC-6 a name without an address", async () => {
  await using server = await NameServer.open([]);
  assert.deepEqual(await until(server.resolver.lookup("img.example.com", never)), []);
});

test("SEC-6 a name server that says nothing is left when the signal is aborted", async () => {
  await using server = await NameServer.open(null);
  const leaving = new AbortController();
  const found = server.resolver.lookup("img.example.com", leaving.signal);
  await until(server.asked.promise);
  leaving.abort();
  assert.deepEqual(await until(found), []);
});

test("nothing is asked with a signal that is aborted", async () => {
  await using server = await NameServer.open([]);
  assert.deepEqual(await server.resolver.lookup("img.example.com", AbortSignal.abort()), []);
  assert.deepEqual(server.names, []);
});
