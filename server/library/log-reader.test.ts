import assert from "node:assert/strict";
import { test } from "node:test";
import { EventLog } from "@sekisho/lib/event-log/event-log.ts";
import { entryKind, type CanonicalEvent } from "@sekisho/wire/canonical/event.ts";

import { LogReader } from "./log-reader.ts";

const said = (text: string): CanonicalEvent => ({ type: "text", text });

test("STR-7 a reader gets each event once, and waits for those that are not there", async () => {
  const log = new EventLog<CanonicalEvent>();
  log.appendEvent(said("a"), entryKind.content);
  using reader = new LogReader(log);
  assert.deepEqual(await reader.next(), said("a"));
  const next = reader.next();
  log.appendEvent(said("b"), entryKind.content);
  log.publish();
  assert.deepEqual(await next, said("b"));
  const last = reader.next();
  log.end();
  log.publish();
  assert.equal(await last, null);
  assert.equal(await reader.next(), null);
});

test("STR-7 a reader that is gone holds nothing of the log", () => {
  const log = new EventLog<CanonicalEvent>();
  new LogReader(log)[Symbol.dispose]();
  assert.equal(log.readers, 0);
});

test("bytes of a provider are no events", async () => {
  const log = new EventLog<CanonicalEvent>();
  const bytes = Buffer.from("data: x\n\n");
  log.appendBytes(bytes, { start: 0, end: bytes.length }, entryKind.content);
  using reader = new LogReader(log);
  await assert.rejects(reader.next(), /a provider's own words/);
});
