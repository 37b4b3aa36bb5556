import assert from "node:assert/strict";
import { checkAborts, checkPauses } from "./upstream-abort-conformance.ts";
import {
  callPeer,
  RecordingHandler,
  upstreamPost,
  type CallPair,
  type UpstreamCheck,
  type UpstreamHarness,
} from "./upstream-harness.ts";
import { harnessChecks } from "./checked-harness.ts";
import type { UpstreamRequest } from "./upstream.ts";

/** What every adapter of `Upstream` promises. */
export const upstreamConformance = (
  name: string,
  makeHarness: () => Promise<UpstreamHarness>,
): void => {
  const check = harnessChecks(name, makeHarness);
  checkRequests(check);
  checkAnswers(check);
  checkManyBytes(check);
  checkFailures(check);
  checkAborts(check);
  checkPauses(check);
  checkClose(check);
};

const checkRequests = (check: UpstreamCheck): void => {
  const requests: readonly Omit<UpstreamRequest, "origin">[] = [
    { method: "GET", path: "/a?b=%20c", headers: [], body: null },
    { method: "DELETE", path: "/a%2Fb", headers: ["x-a", "1"], body: null },
    { method: "POST", path: "/", headers: ["X-Mixed", "Yes"], body: Buffer.from("本文") },
    { method: "POST", path: "/", headers: [], body: new Uint8Array(0) },
    { method: "POST", path: "/", headers: [], body: Buffer.alloc(1_048_576, "m") },
  ];
  for (const request of requests) {
    const length = request.body?.byteLength ?? "no";
    check(
      `${request.method} ${request.path} with ${length} bytes arrives as it is`,
      async (harness) => {
        const handler = new RecordingHandler();
        const arriving = harness.peer();
        harness.upstream.dispatch({ ...request, origin: harness.origin }, handler);
        const peer = await harness.until(arriving);
        assert.deepEqual([peer.method, peer.path], [request.method, request.path]);
        assert.deepEqual(peer.body, Buffer.from(request.body ?? []));
        assert.notEqual(peer.header("host"), undefined);
        const [name, value] = request.headers;
        if (name !== undefined) assert.equal(peer.header(name.toLowerCase()), value);
        peer.head(200, []);
        peer.end();
        assert.equal(await harness.until(handler.over.promise), "end");
      },
    );
  }
};

const checkAnswers = (check: UpstreamCheck): void => {
  check("head, bytes and end come in order, as they are sent", async (harness) => {
    const { handler, peer } = await callPeer(harness);
    assert.deepEqual(handler.events, []);
    peer.head(201, ["X-Answer", "yes"]);
    await harness.until(handler.headed.promise);
    assert.deepEqual([handler.status, handler.headers["x-answer"]], [201, "yes"]);
    for (const length of [3, 6, 9]) {
      peer.bytes(Buffer.from("abc"));
      await harness.until(handler.receive(length));
    }
    peer.end();
    assert.equal(await harness.until(handler.over.promise), "end");
    assert.deepEqual(handler.events, ["head", "bytes", "end"]);
    assert.equal(handler.received.toString(), "abcabcabc");
  });

  check("an answer without a body is head and end", async (harness) => {
    const { handler, peer } = await callPeer(harness);
    peer.head(204, []);
    peer.end();
    assert.equal(await harness.until(handler.over.promise), "end");
    assert.deepEqual(handler.events, ["head", "end"]);
  });

  check("an error status is an answer, not a failure", async (harness) => {
    const { handler, peer } = await callPeer(harness);
    peer.head(503, ["retry-after", "1"]);
    peer.bytes(Buffer.from("busy"));
    peer.end();
    assert.equal(await harness.until(handler.over.promise), "end");
    assert.equal(handler.status, 503);
  });

  check("repeated headers come as an array", async (harness) => {
    const { handler, peer } = await callPeer(harness);
    peer.head(200, ["set-cookie", "a", "Set-Cookie", "b"]);
    await harness.until(handler.headed.promise);
    assert.deepEqual(handler.headers["set-cookie"], ["a", "b"]);
    peer.end();
    await harness.until(handler.over.promise);
  });
};

const checkManyBytes = (check: UpstreamCheck): void => {
  check("bytes may be kept", async (harness) => {
    const { handler, peer } = await callPeer(harness);
    peer.head(200, []);
    for (let n = 0; n < 200; n++) peer.bytes(Buffer.alloc(5_000, n));
    peer.end();
    await harness.until(handler.over.promise);
    const { received } = handler;
    assert.equal(received.length, 1_000_000);
    for (let n = 0; n < 200; n++) assert.equal(received[n * 5_000 + 4_999], n);
  });

  check("many calls at once do not mix", async (harness) => {
    const calls: CallPair[] = [];
    for (let n = 0; n < 30; n++) calls.push(await callPeer(harness, `/${n}`));
    for (const { peer } of calls) peer.head(200, []);
    for (let round = 0; round < 5; round++) {
      for (const { peer } of calls) peer.bytes(Buffer.from(`${peer.path};`));
      await harness.quiet();
    }
    for (const { peer } of calls) peer.end();
    for (const { handler, peer } of calls) {
      assert.equal(await harness.until(handler.over.promise), "end");
      assert.equal(handler.received.toString(), `${peer.path};`.repeat(5));
    }
  });

  check("one call after the other, each dispatched when the last one ended", async (harness) => {
    for (let n = 0; n < 20; n++) {
      const { handler, peer } = await callPeer(harness);
      peer.head(200, []);
      peer.bytes(Buffer.from("ok"));
      peer.end();
      assert.equal(await harness.until(handler.over.promise), "end");
    }
  });
};

const checkFailures = (check: UpstreamCheck): void => {
  check("nobody there: connect_failed, not before dispatch() returned", async (harness) => {
    const handler = new RecordingHandler();
    harness.upstream.dispatch(upstreamPost(harness.refusingOrigin), handler);
    assert.deepEqual(handler.events, []);
    assert.equal(await harness.until(handler.over.promise), "connect_failed");
    await harness.quiet();
    assert.deepEqual(handler.events, ["failure"]);
  });

  check("a cut before the head: upstream_cut without a head", async (harness) => {
    const { handler, peer } = await callPeer(harness);
    peer.cut();
    assert.equal(await harness.until(handler.over.promise), "upstream_cut");
    assert.deepEqual(handler.events, ["failure"]);
  });

  check("a cut behind the head: upstream_cut", async (harness) => {
    const { handler, peer } = await callPeer(harness);
    peer.head(200, []);
    await harness.until(handler.headed.promise);
    peer.cut();
    assert.equal(await harness.until(handler.over.promise), "upstream_cut");
    assert.deepEqual(handler.events, ["head", "failure"]);
  });

  check("a cut in mid-answer: the bytes, then upstream_cut", async (harness) => {
    const { handler, peer } = await callPeer(harness);
    peer.head(200, []);
    peer.bytes(Buffer.from("some"));
    await harness.until(handler.receive(4));
    peer.cut();
    assert.equal(await harness.until(handler.over.promise), "upstream_cut");
    assert.deepEqual(handler.events, ["head", "bytes", "failure"]);
  });

  check("a failed call does not harm the next", async (harness) => {
    const { handler, peer } = await callPeer(harness);
    peer.cut();
    await harness.until(handler.over.promise);
    const next = await callPeer(harness);
    next.peer.head(200, []);
    next.peer.end();
    assert.equal(await harness.until(next.handler.over.promise), "end");
  });
};

const checkClose = (check: UpstreamCheck): void => {
  check("close() waits for the calls under way and takes no further one", async (harness) => {
    const { handler, peer } = await callPeer(harness);
    let isClosed = false;
    const closed = harness.upstream.close().then(() => (isClosed = true));
    await harness.quiet();
    assert.equal(isClosed, false);
    const late = new RecordingHandler();
    harness.upstream.dispatch(upstreamPost(harness.origin), late);
    assert.equal(await harness.until(late.over.promise), "connect_failed");
    peer.head(200, []);
    peer.end();
    assert.equal(await harness.until(handler.over.promise), "end");
    await harness.until(closed);
    await harness.until(peer.closed);
  });
};
