import assert from "node:assert/strict";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { after, before, describe, test } from "node:test";
import { SystemClock } from "@sekisho/lib/time/system-clock.ts";
import { startSimulator, type Simulator } from "@sekisho/simulator/server.ts";
import { ServerProcess } from "../harness/server-process.ts";
import { SseReader } from "../harness/sse-reader.ts";
import { steeredConfig } from "../harness/steered-config.ts";
import { until } from "../harness/until.ts";

let simulator: Simulator;
before(async () => {
  simulator = await startSimulator({ port: 0, seed: 1, clock: new SystemClock() });
});
after(() => simulator.close());

/** Every file of streams below a data folder, as the bytes that are in it. */
const streamFiles = (folder: string): string => filesOf(folder, /streams-\d+\.db/);

function filesOf(folder: string, named: RegExp = /./): string {
  return readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => named.test(name) && statSync(join(folder, name)).isFile())
    .map((name) => readFileSync(join(folder, name)).toString("latin1"))
    .join("\n");
}

const secret = "a-key-that-all-processes-know";

class Erasing implements AsyncDisposable {
  readonly #config: string;
  readonly folder: string;
  server: ServerProcess;

  private constructor(config: string, folder: string, server: ServerProcess) {
    this.#config = config;
    this.folder = folder;
    this.server = server;
  }

  static async start(processes: number): Promise<Erasing> {
    const steered = steeredConfig(simulator.url);
    const shop = { ...steered.tenants?.["demo"], keys: [{ id: "shared", secret }] };
    const tenants = { ...steered.tenants, shop };
    const config = JSON.stringify({ ...steered, processes, tenants });
    const data = await mkdtemp(join(tmpdir(), "sekisho-erasure-"));
    return new Erasing(config, data, await ServerProcess.start({ config, data }));
  }

  async restart(meanwhile: () => void): Promise<void> {
    await this.server.kill("SIGKILL");
    meanwhile();
    this.server = await ServerProcess.start({ config: this.#config, data: this.folder });
  }

  ask(path: string, body: object, headers: Readonly<Record<string, string>>): Promise<Response> {
    return fetch(`${this.server.url}${path}`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${secret}`,
        "content-type": "application/json",
        // Connections go to the processes in turn.
        connection: "close",
        ...headers,
      },
      body: JSON.stringify({ model: "sole", ...body }),
    });
  }

  /** A whole answer with a name of its own, and a piece of its text. */
  async named(user: string, name: string): Promise<string> {
    const messages = [{ role: "user", content: `Tell ${name} [[sim: tokens=60]]` }];
    const headers = { "x-sekisho-user": user, "idempotency-key": name };
    const answer = await this.ask("/v1/chat/completions", { messages }, headers);
    assert.equal(answer.status, 200);
    const text = await answer.text();
    return text.slice(text.indexOf("chatcmpl-"), text.indexOf("chatcmpl-") + 30);
  }

  async erase(user: string): Promise<Response> {
    const { urls, adminKey } = this.server.ready;
    return fetch(`${urls["admin"]}/admin/erase`, {
      method: "POST",
      headers: { authorization: `Bearer ${adminKey}`, "content-type": "application/json" },
      body: JSON.stringify({ tenant: "shop", user }),
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.server[Symbol.asyncDispose]();
    await rm(this.folder, { recursive: true, force: true });
  }
}

for (const processes of [1, 2]) {
  describe(`SEC-16 what a person was answered, of ${processes} processes`, () => {
    let erasing: Erasing;
    before(async () => {
      erasing = await Erasing.start(processes);
    });
    after(() => erasing[Symbol.asyncDispose]());

    test("is in no file at all where nobody can come back to it", async () => {
      const canary = `unkept-${"o".repeat(60)}`;
      const words = [canary];
      const messages = [{ role: "user", content: canary }];
      const headers = { "x-sekisho-user": "carla" };
      for (const stream of [false, true]) {
        const chat = { messages, stream, max_tokens: 8 };
        const answer = await erasing.ask("/v1/chat/completions", chat, headers);
        const [id = ""] = /chatcmpl-sim\w+-\w+/.exec(await answer.text()) ?? [];
        assert.notEqual(id, "");
        words.push(`"${id}"`);
        const asked = { input: canary, stream, store: false };
        await (await erasing.ask("/v1/responses", asked, headers)).arrayBuffer();
      }
      const kept = await erasing.named("carla", "c-0");
      await until("what came later is kept", () => filesOf(erasing.folder).includes(kept) || null);
      const files = filesOf(erasing.folder);
      assert.deepEqual(
        words.filter((each) => files.includes(each)),
        [],
      );
    });

    test("is in no file any more, that of others is, and its keys are free", async () => {
      const answers = [];
      for (let n = 0; n < 6; n += 1) answers.push(await erasing.named("anna", `a-${n}`));
      const kept = await erasing.named("berta", "b-0");
      const headers = { "x-sekisho-user": "anna" };
      const canary = `canary-${"o".repeat(200)}`;
      const stored = await erasing.ask("/v1/responses", { input: canary, store: true }, headers);
      const { id } = (await stored.json()) as { id: string };
      const before = streamFiles(erasing.folder);
      for (const each of [...answers, kept, canary, id.slice(5)]) {
        assert.ok(before.includes(each), each);
      }
      const erased = await erasing.erase("anna");
      assert.equal(erased.status, 200, await erased.text());
      const after = streamFiles(erasing.folder);
      for (const each of [...answers, canary, id.slice(5), "anna"]) {
        assert.ok(!after.includes(each), each);
      }
      assert.ok(after.includes(kept));
      const gone = await fetch(`${erasing.server.url}/v1/responses/${id}`, {
        headers: { authorization: `Bearer ${secret}` },
      });
      assert.equal(gone.status, 404);
      const calls = simulator.calls().length;
      assert.ok(!answers.includes(await erasing.named("anna", "a-0")));
      assert.equal(await erasing.named("berta", "b-0"), kept);
      assert.equal(simulator.calls().length, calls + 1);
    });

    test("ends where it is under way", async () => {
      const messages = [{ role: "user", content: "Go on [[sim: tokens=2000 tps=50]]" }];
      const headers = { "x-sekisho-user": "carla", "x-sekisho-resumable": "true" };
      const answer = await erasing.ask("/v1/chat/completions", { stream: true, messages }, headers);
      const reader = new SseReader(answer);
      await reader.next();
      assert.equal((await erasing.erase("carla")).status, 200);
      const rest = await reader.rest().catch(() => []);
      assert.ok(rest.length < 1_000);
      const id = answer.headers.get("x-sekisho-stream") ?? assert.fail("no stream");
      assert.ok(!streamFiles(erasing.folder).includes(id.slice(4)));
    });

    test("goes after a crash in the midst of it", async () => {
      const said = await erasing.named("dora", "d-0");
      await erasing.restart(() => {
        using database = new DatabaseSync(join(erasing.folder, "sekisho.db"));
        database.exec(`INSERT INTO erasures (pseudonym, tenant, user, sessions, place)
          VALUES ('erased_9', 'shop', 'dora', '[]', 1000000)`);
      });
      await until("the erasure has ended", () => {
        using database = new DatabaseSync(join(erasing.folder, "sekisho.db"), { readOnly: true });
        return database.prepare("SELECT 1 FROM erasures").get() === undefined ? true : null;
      });
      await until("the other process has erased it too", () =>
        streamFiles(erasing.folder).includes(said) ? null : true,
      );
    });
  });
}
