import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { Failure } from "../../failure/failure.ts";
import type {
  Upstream,
  UpstreamFailureCode,
  UpstreamHandler,
  UpstreamRequest,
} from "../upstream.ts";
import { fetchOver } from "./upstream-fetch.ts";

const origin = "https://api.example";

function setUp(only: string | null = origin) {
  const calls: string[] = [];
  const dispatched = Promise.withResolvers<[UpstreamRequest, UpstreamHandler]>();
  const upstream: Upstream = {
    dispatch(request, handler) {
      dispatched.resolve([request, handler]);
      return {
        abort: () => calls.push("abort"),
        pause: () => calls.push("pause"),
        resume: () => calls.push("resume"),
      };
    },
    close: () => Promise.resolve(),
  };
  return { calls, dispatched: dispatched.promise, fetch: fetchOver({ upstream, origin: only }) };
}

const failure = (code: UpstreamFailureCode) => new Failure<UpstreamFailureCode>(code, "…");

const isFailure = (code: UpstreamFailureCode) => (error: unknown) =>
  error instanceof Failure && error.code === code;

describe("fetch over an upstream", () => {
  test("a request is sent with its headers, but for those of the connection", async () => {
    const { fetch, dispatched } = setUp();
    const answer = fetch(`${origin}/v1/chat?x=1`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "Accept-Encoding": "br", Host: "evil" },
      body: '{"a":"あ"}',
    });
    const [request, handler] = await dispatched;
    assert.deepEqual(
      [request.origin, request.method, request.path],
      [origin, "POST", "/v1/chat?x=1"],
    );
    assert.deepEqual(request.headers, [
      "accept-encoding",
      "identity",
      "content-type",
      "application/json",
    ]);
    assert.equal(Buffer.from(request.body ?? []).toString(), '{"a":"あ"}');
    handler.onHead(429, { "retry-after": "3", "set-cookie": ["a", "b"] });
    handler.onBytes(Buffer.from("slow "));
    handler.onBytes(Buffer.from("down"));
    handler.onEnd();
    const response = await answer;
    assert.deepEqual([response.status, response.ok], [429, false]);
    assert.equal(response.headers.get("retry-after"), "3");
    assert.deepEqual(response.headers.getSetCookie(), ["a", "b"]);
    assert.equal(await response.text(), "slow down");
  });

  test("SEC-6 no other origin is called, and without one none but over TLS", async () => {
    for (const [only, url] of [
      [origin, "https://other.example/v1"],
      [origin, "http://api.example/v1"],
      [origin, "https://api.example:444/v1"],
      [null, "http://169.254.169.254/latest/meta-data"],
    ] as const) {
      const { fetch, calls } = setUp(only);
      await assert.rejects(fetch(url), isFailure("connect_failed"), url);
      assert.deepEqual(calls, []);
    }
    const { fetch, dispatched } = setUp(null);
    void fetch("https://anywhere.example/a");
    assert.equal((await dispatched)[0].origin, "https://anywhere.example");
  });

  test("a redirect is an answer, and not followed", async () => {
    const { fetch, dispatched } = setUp();
    const answer = fetch(origin);
    const [, handler] = await dispatched;
    handler.onHead(307, { location: "https://other.example" });
    handler.onEnd();
    assert.equal((await answer).status, 307);
  });

  test("a failure before the head rejects with itself, one behind it ends the body", async () => {
    const early = setUp();
    const refused = early.fetch(origin);
    (await early.dispatched)[1].onFailure(failure("connect_timeout"));
    await assert.rejects(refused, isFailure("connect_timeout"));
    const late = setUp();
    const answer = late.fetch(origin);
    const [, handler] = await late.dispatched;
    handler.onHead(200, {});
    handler.onBytes(Buffer.from("some"));
    const response = await answer;
    handler.onFailure(failure("upstream_cut"));
    await assert.rejects(response.text(), isFailure("upstream_cut"));
  });

  test("a coded body is refused: nobody asked for one", async () => {
    const { fetch, dispatched, calls } = setUp();
    const answer = fetch(origin);
    (await dispatched)[1].onHead(200, { "content-encoding": "gzip" });
    await assert.rejects(answer, isFailure("upstream_malformed"));
    assert.deepEqual(calls, ["abort"]);
  });

  test("STR-6 an abort closes the call at once, and is the reason of what fails", async () => {
    const { fetch, dispatched, calls } = setUp();
    const leaving = new AbortController();
    const answer = fetch(origin, { signal: leaving.signal });
    const [, handler] = await dispatched;
    const gone = new Error("gone");
    leaving.abort(gone);
    assert.deepEqual(calls, ["abort"]);
    handler.onFailure(failure("aborted"));
    await assert.rejects(answer, gone);
    await assert.rejects(setUp().fetch(origin, { signal: leaving.signal }), gone);
  });

  test("STR-7 64 KiB wait for their reader; then the upstream waits for it", async () => {
    const { fetch, dispatched, calls } = setUp();
    const answer = fetch(origin);
    const [, handler] = await dispatched;
    handler.onHead(200, {});
    const { body } = await answer;
    const reader = body?.getReader() ?? assert.fail();
    for (let n = 0; n < 3; n += 1) handler.onBytes(Buffer.alloc(32_768));
    // It is asked for more from the start, which is nothing to one that is not paused.
    assert.deepEqual(
      calls.filter((call) => call !== "resume"),
      ["pause", "pause"],
    );
    for (let n = 0; n < 3; n += 1) await reader.read();
    assert.equal(calls.at(-1), "resume");
    await reader.cancel();
    assert.equal(calls.at(-1), "abort");
    handler.onBytes(Buffer.from("too late"));
    handler.onFailure(failure("aborted"));
  });
});
