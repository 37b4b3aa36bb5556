import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { after, afterEach, before, describe, test } from "node:test";
import { createGateway, type CompletionRequest, type StreamChunk } from "sekisho";
import { LibraryUnderTest, libraryFailure } from "../harness/library-under-test.ts";
import { until } from "../harness/until.ts";

const usual = { tenantId: "demo", agentId: "librarian", model: "sole" } as const;

let library: LibraryUnderTest;
before(async () => {
  library = await LibraryUnderTest.start();
});
afterEach(() => library.simulator.reset());
after(() => library[Symbol.asyncDispose]());

let made = 0;
const newKey = (): string => `order-${(made += 1)}`;

const asked = (prompt: string, more: object = {}): CompletionRequest => ({
  ...usual,
  prompt,
  idempotencyKey: newKey(),
  ...more,
});

const calls = () => library.simulator.calls().length;

/** As whoever is given it again is told it: without what is each call's own, and for nothing. */
const again = (result: object) => ({ ...result, ...ownOf("", null), costUsd: 0, costNanoUsd: 0 });

const ownOf = (requestId: string, firstRequestId: string | null) => ({ requestId, firstRequestId });

/** Of each chunk, when it came is its own. */
const said = (chunks: readonly StreamChunk[]) => chunks.map((each) => ({ ...each, timestamp: 0 }));

async function chunksOf(request: CompletionRequest) {
  const stream = library.gateway.stream(request);
  const chunks: StreamChunk[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return { chunks: said(chunks), result: await stream.result };
}

describe("STR-13 idempotencyKey of complete", () => {
  test("two racers are one call, the third is given the same, and pays nothing", async () => {
    const request = asked("Race [[sim: tokens=20 tps=200]]");
    const [one, two] = await Promise.all([
      library.gateway.complete(request),
      library.gateway.complete(request),
    ]);
    const three = await library.gateway.complete(request);
    assert.equal(calls(), 1);
    const [first, ...others] = [one, two, three].toSorted(
      (a, b) => Number(a.firstRequestId !== null) - Number(b.firstRequestId !== null),
    );
    assert.ok(first !== undefined && first.firstRequestId === null && first.costNanoUsd > 0);
    for (const repeated of others) {
      assert.equal(repeated.firstRequestId, first.requestId);
      assert.notEqual(repeated.requestId, first.requestId);
      assert.deepEqual({ ...repeated, ...ownOf("", null) }, again(first));
    }
    const { rows } = await library.settled();
    const ids = [first, ...others].map(({ requestId }) => requestId);
    const own = rows.filter(({ id, attempt }) => attempt === 0 && ids.includes(`req_${id}`));
    assert.deepEqual(
      own.map(({ costNanoUsd }) => costNanoUsd),
      [first.costNanoUsd],
    );
  });

  test("another call of the name is idempotency_mismatch, whoever else asks is not", async () => {
    const request = asked("Hello [[sim: tokens=3]]");
    const first = await library.gateway.complete(request);
    for (const more of [{ prompt: "Good-bye" }, { maxTokens: 7 }, { temperature: 0 }]) {
      // The prompt stands in the place of the other.
      const other = library.gateway.complete({ ...request, ...more } as CompletionRequest);
      const failure = await libraryFailure(other);
      assert.deepEqual(
        [failure.code, failure.param, failure.retryable],
        ["idempotency_mismatch", "idempotencyKey", false],
      );
    }
    // The form of the answer is part of what is asked.
    const streamed = await libraryFailure(chunksOf(request));
    assert.equal(streamed.code, "idempotency_mismatch");
    const same = { ...request, agentId: "another", sessionId: "visit-2" };
    assert.equal((await library.gateway.complete(same)).firstRequestId, first.requestId);
    assert.equal(calls(), 1);
  });

  test("a refusal leaves the name free, and so does a failure that may pass", async () => {
    const request = asked("Hello [[sim: tokens=3]]");
    library.simulator.setScenarios([{ name: "down", match: {}, fault: "503" }]);
    assert.ok((await libraryFailure(library.gateway.complete(request))).retryable);
    library.simulator.setScenarios([]);
    const answer = await library.gateway.complete(request);
    assert.equal(answer.firstRequestId, null);
    assert.equal((await library.gateway.complete(request)).firstRequestId, answer.requestId);
    assert.equal(calls(), 2);
  });

  test("a name that is none is refused", async () => {
    for (const idempotencyKey of ["", "two words", "ü", "x".repeat(256), 7]) {
      // As JavaScript may call it.
      const request = { ...asked("Hello"), idempotencyKey } as unknown as CompletionRequest;
      const failure = await libraryFailure(library.gateway.complete(request));
      assert.deepEqual([failure.code, failure.param], ["invalid_value", "idempotencyKey"]);
    }
    assert.equal(calls(), 0);
  });

  test("who comes back to a call that its caller has left finds it under way", async () => {
    const request = asked("Wait [[sim: tokens=5 hold]]");
    const leaving = new AbortController();
    const left = libraryFailure(library.gateway.complete({ ...request, signal: leaving.signal }));
    await library.simulator.whenHeld(1);
    const reason = new Error("a time-out");
    leaving.abort(reason);
    const failure = await left;
    assert.deepEqual([failure.code, failure.cause], ["client_closed", reason]);
    const back = library.gateway.complete(request);
    library.simulator.release();
    assert.equal((await back).firstRequestId, failure.requestId);
    assert.equal(calls(), 1);
  });
});

describe("STR-13 idempotencyKey of stream", () => {
  test("who comes in the middle is given what went before, the third all of it", async () => {
    const request = asked("Go on [[sim: tokens=40 pause=20]]");
    const stream = library.gateway.stream(request);
    const seen: StreamChunk[] = [];
    for (let n = 0; n < 10; n += 1) seen.push((await stream.next()).value as StreamChunk); // no end
    const late = chunksOf(request);
    await library.simulator.whenHeld(1);
    library.simulator.release();
    for await (const chunk of stream) seen.push(chunk);
    const first = await stream.result;
    const third = await chunksOf(request);
    for (const { chunks, result } of [await late, third]) {
      assert.deepEqual(chunks, said(seen));
      assert.equal(result.content, first.content);
      assert.deepEqual([result.firstRequestId, result.costNanoUsd], [first.requestId, 0]);
    }
    assert.equal(calls(), 1);
  });

  test("break does not end what somebody comes back to", async () => {
    const request = asked("Go on [[sim: tokens=40 pause=20]]");
    for await (const chunk of library.gateway.stream(request)) if (chunk.index === 3) break;
    const back = chunksOf(request);
    await library.simulator.whenHeld(1);
    library.simulator.release();
    const { chunks, result } = await back;
    assert.ok(chunks.length > 20 && result.firstRequestId !== null);
    assert.equal(chunks.map(({ text }) => text).join(""), result.content);
    assert.deepEqual(
      library.simulator.calls().map(({ outcome }) => outcome),
      ["complete"],
    );
  });

  test("an answer that broke off is told as it was, and not asked for again", async () => {
    const request = asked("Break off");
    const fault = { name: "cut", match: {}, fault: "close-rst", afterTokens: 5 } as const;
    library.simulator.setScenarios([fault]);
    const [first, second] = await Promise.all([
      libraryFailure(chunksOf(request)),
      libraryFailure(chunksOf(request)),
    ]);
    assert.deepEqual([second.code, second.message], [first.code, first.message]);
    assert.equal(calls(), 1);
  });
});

test("STR-13 idempotencyKey of embed: the same vectors, one call, nothing to pay", async () => {
  const request = {
    tenantId: "demo",
    agentId: "indexer",
    model: "vectors",
    input: ["tea", "自転車"],
    idempotencyKey: newKey(),
  };
  const [one, two] = await Promise.all([
    library.gateway.embed(request),
    library.gateway.embed(request),
  ]);
  const three = await library.gateway.embed(request);
  assert.equal(calls(), 1);
  const [first, other] = one.firstRequestId === null ? [one, two] : [two, one];
  for (const repeated of [other, three]) {
    assert.equal(repeated.firstRequestId, first.requestId);
    assert.deepEqual({ ...repeated, ...ownOf("", null) }, again(first));
  }
  const failure = await libraryFailure(library.gateway.embed({ ...request, input: "coffee" }));
  assert.deepEqual([failure.code, failure.param], ["idempotency_mismatch", "idempotencyKey"]);
});

describe("STR-13 the life of a name", () => {
  test("what was answered before close is answered after, to the vector", async () => {
    const data = `${library.folder}/again`;
    const request = asked("Keep [[sim: tokens=5]]");
    const vectors = { ...usual, model: "vectors", input: "tea", idempotencyKey: newKey() };
    const open = () => createGateway(library.config({ data }));
    const answers = [];
    for (let life = 0; life < 2; life += 1) {
      await using gateway = await open();
      answers.push([await gateway.complete(request), await gateway.embed(vectors)] as const);
    }
    const [[first, vector] = [], [again, sameVector] = []] = answers;
    assert.ok(first !== undefined && vector !== undefined);
    assert.deepEqual([again?.content, again?.firstRequestId], [first.content, first.requestId]);
    assert.deepEqual(
      [sameVector?.vectors, sameVector?.firstRequestId],
      [vector.vectors, vector.requestId],
    );
    assert.equal(calls(), 2);
  });

  test("a crash in the middle is outcome_unknown, and no second call", async () => {
    const config = library.config({ data: `${library.folder}/killed` });
    const request = asked("Die [[sim: tokens=5 hold]]");
    const program = `import("sekisho").then(async ({ createGateway }) => {
      const gateway = await createGateway(${JSON.stringify(config)});
      await gateway.complete(${JSON.stringify(request)});
    });`;
    const child = spawn(process.execPath, ["-e", program], {
      cwd: import.meta.dirname,
      stdio: ["ignore", "ignore", "inherit"],
    });
    await library.simulator.whenHeld(1);
    const exit = once(child, "exit");
    child.kill("SIGKILL");
    await exit;
    await using gateway = await createGateway(config);
    for (let n = 0; n < 2; n += 1) {
      const failure = await libraryFailure(gateway.complete(request));
      assert.deepEqual([failure.code, failure.retryable], ["outcome_unknown", false]);
      assert.match(String(failure.facts["ledgerId"]), /^req_[0-9a-z]{26}$/);
    }
    assert.equal(calls(), 1);
  });

  test("close ends what is under way, also without a reader, and frees its name", async () => {
    const data = `${library.folder}/closed`;
    const request = asked("Stay [[sim: tokens=5 hold]]");
    {
      await using gateway = await createGateway(library.config({ data }));
      const leaving = new AbortController();
      const { signal } = leaving;
      const left = libraryFailure(gateway.complete({ ...request, signal }));
      const waiting = libraryFailure(gateway.complete(asked("Stay too [[sim: tokens=5 hold]]")));
      await library.simulator.whenHeld(2);
      leaving.abort();
      assert.equal((await left).code, "client_closed");
      await gateway.close({ graceMs: 0 });
      assert.equal((await waiting).code, "draining");
    }
    await until(
      "the provider saw the end",
      () => library.simulator.calls().every(({ outcome }) => outcome === "client_gone") || null,
    );
    await using gateway = await createGateway(library.config({ data }));
    const again = gateway.complete(request);
    await library.simulator.whenHeld(1);
    library.simulator.release();
    assert.equal((await again).firstRequestId, null);
  });

  for (const name of ["with a name", "without one"]) {
    test(`close ends a call ${name} that has only begun`, async () => {
      await using gateway = await createGateway(library.config({ data: ":memory:" }));
      const { idempotencyKey, ...unnamed } = asked("Stay [[sim: tokens=5 hold]]");
      const request = name === "with a name" ? { ...unnamed, idempotencyKey } : unnamed;
      const beginning = libraryFailure(gateway.complete(request));
      await gateway.close({ graceMs: 0 });
      assert.equal((await beginning).code, "draining");
    });
  }

  test("names have no effect where idempotency.keepHours is 0", async () => {
    const idempotency = { keepHours: 0 };
    await using gateway = await createGateway(library.config({ data: ":memory:", idempotency }));
    const request = asked("Hello [[sim: tokens=3]]");
    for (let n = 0; n < 2; n += 1) {
      assert.equal((await gateway.complete(request)).firstRequestId, null);
    }
    assert.equal(calls(), 2);
  });

  test("without a name, what says the same within contentWindowMs is one call", async () => {
    const idempotency = { contentWindowMs: 60_000, replayMs: 60_000 };
    await using gateway = await createGateway(library.config({ data: ":memory:", idempotency }));
    const ask = (sessionId: string) =>
      gateway.complete({ ...usual, prompt: "Twice [[sim: tokens=3]]", sessionId });
    const first = await ask("one");
    assert.equal((await ask("one")).firstRequestId, first.requestId);
    assert.equal((await ask("two")).firstRequestId, null);
    assert.equal(calls(), 2);
  });
});
