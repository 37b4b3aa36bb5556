import assert from "node:assert/strict";
import {
  callPeer,
  RecordingHandler,
  upstreamPost,
  type UpstreamCheck,
} from "./upstream-harness.ts";

/** What an abort promises: see `upstreamConformance`. */
export const checkAborts = (check: UpstreamCheck): void => {
  check("abort() right behind dispatch(): aborted, and not inside abort()", async (harness) => {
    const handler = new RecordingHandler();
    const call = harness.upstream.dispatch(upstreamPost(harness.origin), handler);
    call.abort();
    call.abort();
    assert.deepEqual(handler.events, []);
    assert.equal(await harness.until(handler.over.promise), "aborted");
    await harness.quiet();
    assert.deepEqual(handler.events, ["failure"]);
  });

  check("abort() before the answer closes the upstream's connection", async (harness) => {
    const { call, handler, peer } = await callPeer(harness);
    call.abort();
    await harness.until(peer.closed);
    assert.equal(await harness.until(handler.over.promise), "aborted");
    assert.deepEqual(handler.events, ["failure"]);
  });

  for (const isPaused of [false, true]) {
    check(`abort() in mid-answer${isPaused ? " while paused" : ""}`, async (harness) => {
      const { call, handler, peer } = await callPeer(harness);
      peer.head(200, []);
      peer.bytes(Buffer.from("some"));
      await harness.until(handler.receive(4));
      if (isPaused) call.pause();
      call.abort();
      await harness.until(peer.closed);
      assert.equal(await harness.until(handler.over.promise), "aborted");
      call.resume();
      await harness.quiet();
      assert.deepEqual(handler.events, ["head", "bytes", "failure"]);
    });
  }

  check("abort() inside onBytes: no further bytes", async (harness) => {
    const { call, handler, peer } = await callPeer(harness);
    const seen: number[] = [];
    handler.onBytes = (bytes) => {
      seen.push(bytes.length);
      call.abort();
    };
    peer.head(200, []);
    for (let n = 0; n < 50; n++) peer.bytes(Buffer.alloc(20_000));
    peer.end();
    assert.equal(await harness.until(handler.over.promise), "aborted");
    await harness.quiet();
    assert.equal(seen.length, 1);
  });

  check("abort(), pause() and resume() after the end change nothing", async (harness) => {
    const { call, handler, peer } = await callPeer(harness);
    peer.head(200, []);
    peer.end();
    await harness.until(handler.over.promise);
    call.pause();
    call.resume();
    call.abort();
    await harness.quiet();
    assert.deepEqual(handler.events, ["head", "end"]);
    const next = await callPeer(harness);
    next.peer.head(200, []);
    next.peer.end();
    assert.equal(await harness.until(next.handler.over.promise), "end");
  });
};

/** What pausing promises: see `upstreamConformance`. */
export const checkPauses = (check: UpstreamCheck): void => {
  check("pause() holds the answer back, resume() loses none of it", async (harness) => {
    const { call, handler, peer } = await callPeer(harness);
    peer.head(200, []);
    await harness.until(handler.headed.promise);
    call.pause();
    const total = 16 * 1_048_576;
    for (let n = 0; n < 256; n++) peer.bytes(Buffer.alloc(65_536, n));
    peer.end();
    await harness.quiet();
    const early = handler.receivedBytes;
    await harness.quiet();
    assert.equal(handler.receivedBytes, early);
    assert.ok(early < total / 2, `${early} bytes came through a paused call`);
    for (let wanted = early; wanted < total; wanted = handler.receivedBytes) {
      call.resume();
      await harness.until(handler.receive(Math.min(wanted + 1_048_576, total)));
      call.pause();
    }
    call.resume();
    assert.equal(await harness.until(handler.over.promise), "end");
    const { received } = handler;
    for (let n = 0; n < 256; n++) assert.equal(received[n * 65_536 + 65_535], n);
  });

  check("pause() before the answer holds the body back", async (harness) => {
    const { call, handler, peer } = await callPeer(harness);
    call.pause();
    peer.head(200, []);
    await harness.quiet();
    peer.bytes(Buffer.from("some"));
    peer.end();
    await harness.quiet();
    assert.equal(handler.events.includes("end"), false);
    call.resume();
    assert.equal(await harness.until(handler.over.promise), "end");
    assert.equal(handler.received.toString(), "some");
  });
};
