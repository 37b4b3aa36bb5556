import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { SystemClock } from "@sekisho/lib/time/system-clock.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { CallRecord } from "./call-record.ts";
import { faults, type FaultName } from "./faults.data.ts";
import { RawConnection, type RawAnswer } from "./raw-connection.ts";
import { startSimulator, type Simulator } from "./server.ts";

const wall = new SystemClock();
const turn = (): Promise<void> => new Promise((resolve) => wall.soon(resolve));

/** Waits until something is so; fails when it never is. */
export const until = async (isSo: () => boolean): Promise<void> => {
  for (let n = 0; n < 200_000; n++) {
    if (isSo()) return;
    await turn();
  }
  assert.fail("waited in vain");
};

/** What a client below HTTP heard, and what the simulator noted of it. */
export interface Heard extends RawAnswer {
  readonly end: RawConnection["end"];
  readonly call: CallRecord;
}

/** What is to be heard of one fault. */
export interface Expected {
  readonly end: Heard["end"];
  readonly outcome: CallRecord["outcome"];
  /** Billed output tokens. */
  readonly billed: number;
  readonly holds: (heard: Heard) => boolean;
}

export const expected = (
  [end, outcome]: readonly [end: Heard["end"], outcome: CallRecord["outcome"]],
  billed: number,
  holds: Expected["holds"],
): Expected => ({ end, outcome, billed, holds });

export type Pair = readonly [stream: Expected, plain: Expected];

export const both = (one: Expected): Pair => [one, one];

/** The same of every dialect, but for the words. */
export const silent = (heard: Heard): boolean => heard.head === "" && heard.wire === "";
export const says =
  (text: string): Expected["holds"] =>
  ({ body }) =>
    body.toString() === text;
export const has =
  (text: string): Expected["holds"] =>
  ({ body }) =>
    body.toString().includes(text);
export const isHalf = (heard: Heard): boolean => {
  assert.throws(() => JSON.parse(heard.body.toString()), SyntaxError);
  return heard.head.startsWith("HTTP/1.1 200");
};
export const page = (status: number): Expected =>
  expected(["fin", "error"], 0, ({ head, body }) => {
    assert.match(head, /content-type: text\/html/);
    return head.startsWith(`HTTP/1.1 ${status} `) && body.toString().includes("<html>");
  });
/** How much of the promised body came. */
export const share = ({ head, body }: Heard): number =>
  body.length / Number(/content-length: (\d+)/.exec(head)?.[1]);
export const isThird = (heard: Heard): boolean => Math.abs(share(heard) - 1 / 3) < 0.01;

export interface Request {
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: object;
}

/** A simulator on a virtual clock, and raw connections to it. */
export class FaultBench {
  readonly clock = new VirtualClock();
  simulator!: Simulator;

  constructor() {
    before(async () => {
      this.simulator = await startSimulator({ port: 0, seed: 1, clock: this.clock });
    });
    after(() => this.simulator.close());
  }

  static bytesOf({ path, headers = {}, body }: Request): string {
    const text = JSON.stringify(body);
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    return (
      `POST ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n${lines.join("")}` +
      `content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`
    );
  }

  /** Listens until the end, until megabytes came, or until nothing has come for some turns. */
  async listen(connection: RawConnection, bytes: string): Promise<Heard> {
    const { simulator } = this;
    const before = simulator.calls().length;
    connection.send(bytes);
    await until(() => simulator.calls().length > before);
    const call = simulator.calls().at(-1) ?? assert.fail("no call");
    await until(() => call.state === "ended" || call.state === "answering");
    let still = 0;
    let length = -1;
    await until(() => {
      still = connection.length === length ? still + 1 : 0;
      length = connection.length;
      return connection.end !== "open" || still > 300 || length > 8_000_000;
    });
    return { ...connection.take(), end: connection.end, call };
  }

  async play(bytes: string): Promise<Heard> {
    const connection = new RawConnection(this.simulator.port);
    try {
      return await this.listen(connection, bytes);
    } finally {
      connection.destroy();
    }
  }
}

/** Tries one fault on a stream or a plain answer of 60 tokens. */
export const tryFault = async (
  bench: FaultBench,
  { name, wanted }: { readonly name: string; readonly wanted: Expected },
  requestOf: (marker: string) => string,
): Promise<void> => {
  const size = name === "bomb" || name === "huge-line" ? " bytes=1048576" : "";
  const heard = await bench.play(requestOf(`tokens=60 fault=${name}${size}`));
  assert.equal(heard.end, wanted.end);
  assert.equal(heard.call.outcome ?? null, wanted.outcome);
  assert.equal(heard.call.tokens.output, wanted.billed);
  assert.ok(wanted.holds(heard), `${heard.head}\n\n${heard.wire.slice(0, 2_000)}`);
  assert.equal(heard.call.fault, name);
  await until(() => heard.call.state === "ended");
  assert.equal(heard.call.outcome, wanted.outcome ?? "client_gone");
  assert.equal(bench.clock.pendingTimers, 0);
};

/** Tries every fault of the table, on a stream and on a plain answer. */
export const tryFaults = (
  bench: FaultBench,
  table: Readonly<Record<FaultName, Pair>>,
  requestOf: (stream: boolean, marker: string) => string,
): void => {
  for (const [name, pair] of Object.entries(table)) {
    for (const [n, wanted] of pair.entries()) {
      const kind = n === 0 ? "stream" : "plain";
      void test(`SIM-2 fault ${name}, ${kind}`, { timeout: 120_000 }, () =>
        tryFault(bench, { name, wanted }, (marker) => requestOf(n === 0, marker)),
      );
    }
  }
  void test("every fault of the table is tried", () =>
    assert.deepEqual(Object.keys(table).toSorted(), Object.keys(faults).toSorted()));
};
