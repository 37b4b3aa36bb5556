import assert from "node:assert/strict";
import { test } from "node:test";
import { RecentCalls } from "@sekisho/gateway/observe/recent-calls.ts";
import { Failure } from "@sekisho/lib/failure/failure.ts";
import type { Exchange, ExchangeObserver } from "@sekisho/lib/http/exchange.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { CircuitChange, CircuitView } from "@sekisho/wire/admin/circuits.ts";
import type { LiveAlert, LiveFrame } from "@sekisho/wire/admin/live.ts";
import { LiveFeed } from "./live-feed.ts";

const nothingGiven = {
  answers: 0,
  savedNanoUsd: 0,
  aliases: [],
  held: { answers: 0, bytes: 0 },
};

interface Heard {
  readonly event: string;
  readonly frame: LiveFrame;
}

/** An open page: what it has heard, and a socket that takes bytes or does not. */
class FakePage {
  observer: ExchangeObserver | null = null;
  takes = true;
  text = "";
  isClosed = false;
  hasEnded = false;
  headers: readonly string[] = [];
  // Only what a live view calls.
  readonly exchange = {
    observe: (observer: ExchangeObserver) => (this.observer = observer),
    start: (_status: number, headers: readonly string[]) => (this.headers = headers),
    write: (text: string) => {
      this.text += text;
      return this.takes;
    },
    end: () => (this.hasEnded = true),
    isClosed: false,
  } as unknown as Exchange;

  heard(): Heard[] {
    const events = this.text.matchAll(/^event: (?<event>.+)\ndata: (?<data>.+)\n\n/gm);
    return [...events].map(({ groups }) => ({
      event: groups?.["event"] ?? "",
      frame: JSON.parse(groups?.["data"] ?? "") as LiveFrame,
    }));
  }
}

const circuit = (state: CircuitView["state"], retryInMs: number | null = null): CircuitView => ({
  level: "target",
  id: "t",
  provider: "p",
  region: "r",
  credential: null,
  model: "m",
  state,
  forced: null,
  isDrained: false,
  aliases: null,
  recentFailures: 0,
  failureThreshold: 5,
  recoveryTimeoutS: 30,
  retryInMs,
  share: 1,
});

const change = (to: CircuitChange["to"], atMs: number): CircuitChange => {
  const { level, id, provider, region, credential, model } = circuit(to);
  const reason = { cause: null, recentFailures: 0, retryInMs: null, isForced: false };
  return { level, id, provider, region, credential, model, from: "closed", to, ...reason, atMs };
};

const setUp = () => {
  const clock = new VirtualClock();
  const now: {
    circuits: CircuitView[];
    changes: CircuitChange[];
    alerts: LiveAlert[];
    asked: number;
    isWhole: boolean;
  } = {
    circuits: [circuit("closed")],
    changes: [],
    alerts: [],
    asked: 0,
    isWhole: true,
  };
  const recent = new RecentCalls(clock);
  const asked: (number | null)[] = [];
  const feed = new LiveFeed({
    clock,
    gather(since, take) {
      asked.push(since);
      const { circuits, changes } = now;
      const own = { process: null, circuits, changes, running: 3 };
      take({ parts: [{ ...own, recent: recent.frame(since) }], isWhole: now.isWhole });
    },
    alerts: () => now.alerts,
    today: () => ({ requests: ++now.asked, costNanoUsd: 0, models: [], given: nothingGiven }),
  });
  const open = (isGood = () => true): FakePage => {
    const page = new FakePage();
    feed.watch(page.exchange, isGood);
    return page;
  };
  return { clock, recent, feed, now, open, asked };
};

test("CON-1 a page hears everything once, and then each second what is new", () => {
  const { clock, recent, open } = setUp();
  recent.refused("rate_limited");
  clock.advanceBy(2_000);
  const page = open();
  assert.ok(page.text.startsWith("retry: 1000\n\n"));
  assert.ok(page.headers.includes("text/event-stream; charset=utf-8"));
  clock.advanceBy(3_000);
  const [snapshot, ...deltas] = page.heard();
  assert.equal(snapshot?.event, "snapshot");
  assert.deepEqual(snapshot?.frame.seconds, [[0, 0, 0, 1, 0, 0]]);
  assert.equal(snapshot?.frame.running, 3);
  assert.deepEqual(
    deltas.map(({ event, frame }) => [event, frame.second, frame.seconds.at(-1)?.[0]]),
    [
      ["delta", 3, 2],
      ["delta", 4, 3],
      ["delta", 5, 4],
    ],
  );
});

test("CON-1 no timer runs while nobody watches, and one for all who do", () => {
  const { clock, feed, now, open } = setUp();
  assert.equal(clock.pendingTimers, 0);
  const pages = [open(), open(), open()];
  assert.equal(clock.pendingTimers, 1);
  clock.advanceBy(1_000);
  assert.deepEqual(
    pages.map((page) => page.heard().length),
    [2, 2, 2],
  );
  assert.equal(now.asked, 1, "the ledger is asked once for all pages");
  for (const page of pages) page.observer?.closed(false);
  assert.deepEqual([feed.readers, clock.pendingTimers], [0, 0]);
});

test("circuits are told when they change, their changes once, money every five seconds", () => {
  const { clock, now, open } = setUp();
  now.changes.push(change("open", 1));
  const page = open();
  clock.advanceBy(1_000);
  now.circuits = [circuit("open", 30_000)];
  now.changes.push(change("half_open", 2));
  clock.advanceBy(5_000);
  const [snapshot, ...deltas] = page.heard().map(({ frame }) => frame);
  assert.deepEqual([snapshot?.changes.length, snapshot?.circuits?.[0]?.state], [1, "closed"]);
  assert.deepEqual(
    deltas.map(({ circuits }) => circuits?.[0]?.state ?? null),
    [null, "open", null, null, null, null],
  );
  assert.deepEqual(
    deltas.map(({ changes }) => changes.map(({ to }) => to).join()),
    ["", "half_open", "", "", "", ""],
  );
  assert.deepEqual(
    deltas.map(({ today }) => today?.requests ?? null),
    [null, null, null, null, 2, null],
  );
});

const alert = (id: string): LiveAlert => ({
  id,
  atMs: 1,
  tenant: "acme",
  scope: "key",
  account: "key:k1:day",
  window: "day",
  measure: "cost",
  share: 0.5,
  limit: 100,
  used: 50,
  code: null,
});

test("MON-12 alerts are told as they come, and the latest to who comes later", () => {
  const { clock, now, open } = setUp();
  now.alerts = [alert("a")];
  const page = open();
  clock.advanceBy(1_000);
  now.alerts = [alert("a"), alert("b")];
  clock.advanceBy(1_000);
  now.alerts = [alert("b"), alert("c")];
  const later = open();
  clock.advanceBy(2_000);
  const told = (who: FakePage) => who.heard().map(({ frame }) => frame.alerts.map(({ id }) => id));
  assert.deepEqual(told(page), [["a"], [], ["b"], ["c"], []]);
  assert.deepEqual(told(later), [["b", "c"], ["c"], []]);
});

test("a page that does not keep up gets nothing, and later a whole frame", () => {
  const { clock, open } = setUp();
  const [slow, quick] = [open(), open()];
  slow.takes = false;
  clock.advanceBy(10_000);
  assert.equal(slow.heard().length, 2, "what is buffered does not grow");
  assert.equal(quick.heard().length, 11);
  slow.takes = true;
  slow.observer?.drained();
  clock.advanceBy(2_000);
  assert.deepEqual(
    slow.heard().map(({ event }) => event),
    ["snapshot", "delta", "snapshot", "delta"],
  );
});

test("SEC-1 a view ends within a second of its administrator's right", () => {
  const { clock, feed, open } = setUp();
  let isGood = true;
  const page = open(() => isGood);
  clock.advanceBy(1_000);
  isGood = false;
  clock.advanceBy(1_000);
  assert.deepEqual([page.hasEnded, page.heard().length, feed.readers], [true, 2, 0]);
});

test("64 pages at once; none while the gateway stops", () => {
  const { feed, open, clock } = setUp();
  const pages = Array.from({ length: 64 }, () => open());
  const isOverloaded = (error: unknown) => error instanceof Failure && error.code === "overloaded";
  assert.throws(() => open(), isOverloaded);
  feed.close();
  assert.ok(pages.every((page) => page.hasEnded));
  assert.equal(clock.pendingTimers, 0);
  assert.throws(() => open(), isOverloaded);
});

test("OPS-9 what a process that did not answer has counted meanwhile is asked for again", () => {
  const { clock, now, open, asked } = setUp();
  open();
  clock.advanceBy(2_000);
  now.isWhole = false;
  clock.advanceBy(2_000);
  now.isWhole = true;
  clock.advanceBy(2_000);
  assert.deepEqual(asked, [null, 0, 1, 2, 2, 2, 5]);
});
