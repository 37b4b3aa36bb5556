import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { cpuMicros } from "../bench/process-tree.ts";
import { SystemClock } from "@sekisho/lib/time/system-clock.ts";
import { formatTable, type Column } from "@sekisho/server/cli/table.ts";
import { startSimulator, type Simulator } from "@sekisho/simulator/server.ts";
import { fillLedger } from "../tests/harness/fill-ledger.ts";
import { ServerProcess } from "../tests/harness/server-process.ts";

/**
 * `node scripts/measure-flatness.ts [--rows=1000000] [--calls=6000] [--rounds=3]`: what a call
 * costs the gateway in CPU with few and many keys, for one rule and for many, with an empty and a
 * full ledger (PRF-9). Exit code 1 when more of them make a call dearer than 1.15 times.
 */
const { values } = parseArgs({
  options: {
    rows: { type: "string", default: "1000000" },
    calls: { type: "string", default: "6000" },
    rounds: { type: "string", default: "3" },
  },
});
const [rows, calls, rounds] = [values.rows, values.calls, values.rounds].map(Number) as [
  number,
  number,
  number,
]; // as many as were given
const width = 16;
const most = 1.15;

const clock = new SystemClock();
const folder = mkdtempSync(join(tmpdir(), "sekisho-flat-"));

interface Scene {
  readonly name: string;
  readonly keys: number;
  /** Each with a budget of its own, which its calls name; 0: they name none. */
  readonly rules: number;
  readonly rows: number;
}

const few: Omit<Scene, "name"> = { keys: 10, rules: 0, rows: 0 };

/** Each is held against the first of its group. */
const groups: readonly (readonly Scene[])[] = [
  [
    { ...few, name: "10 keys, an empty ledger" },
    { ...few, name: "10,000 keys, an empty ledger", keys: 10_000 },
    { ...few, name: `10 keys, ${rows.toLocaleString("en")} calls in the ledger`, rows },
  ],
  [
    { ...few, name: "1 rule with a budget", rules: 1 },
    { ...few, name: "1,000 rules with a budget each", rules: 1_000 },
  ],
];

const scenes = groups.flat();

const secretOf = (n: number): string => `secret-of-the-key-with-the-number-${n}`;

const configOf = (scene: Scene, simulatorUrl: string): string =>
  JSON.stringify({
    features: { simulator: false },
    log: { level: "warn" },
    providers: { sim: { kind: "simulator", baseUrl: `${simulatorUrl}/v1` } },
    models: { m: { targets: [{ provider: "sim", model: "gpt-4-turbo" }] } },
    tenants: {
      t: {
        keys: Array.from({ length: scene.keys }, (_, n) => ({ id: `k${n}`, secret: secretOf(n) })),
        budgets: [
          { scope: "key", window: "day", usd: 1_000_000 },
          ...(scene.rules === 0 ? [] : [{ scope: "rule", window: "day", usd: 1_000_000 }]),
        ],
        rates: [{ scope: "key", requestsPerSecond: 100_000, burst: 100_000 }],
      },
    },
  });

interface Asked {
  readonly key: string;
  readonly rule: string | null;
}

async function ask(server: ServerProcess, { key, rule }: Asked): Promise<void> {
  const answer = await fetch(`${server.url}/v1/chat/completions`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${key}`,
      "content-type": "application/json",
      ...(rule === null ? {} : { "x-sekisho-rule": rule }),
    },
    body: JSON.stringify({
      model: "m",
      max_tokens: 16,
      messages: [{ role: "user", content: "word ".repeat(180) }],
    }),
  });
  if (answer.status !== 200) throw new Error(`Cannot measure: ${await answer.text()}`);
  await answer.arrayBuffer();
}

/** Microseconds of CPU for each call, all threads of the server together. */
async function measure(server: ServerProcess, scene: Scene, count: number): Promise<number> {
  const { keys, rules } = scene;
  let asked = 0;
  const worker = async (): Promise<void> => {
    while (asked < count) {
      const n = asked++;
      const rule = rules === 0 ? null : `rule-${n % rules}`;
      await ask(server, { key: secretOf(n % keys), rule });
    }
  };
  const before = cpuMicros(server.pid);
  await Promise.all(Array.from({ length: width }, worker));
  return (cpuMicros(server.pid) - before) / count;
}

const median = (figures: readonly number[]): number =>
  figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? 0;

const columns: readonly Column[] = [
  { title: "WITH", align: "left" },
  { title: "US OF CPU A CALL", align: "right" },
  { title: "TIMES THE FEWEST", align: "right" },
];

async function run(simulator: Simulator): Promise<boolean> {
  const found = new Map<Scene, number[]>(scenes.map((scene) => [scene, []]));
  await using stack = new AsyncDisposableStack();
  const servers: [Scene, ServerProcess][] = [];
  for (const [index, scene] of scenes.entries()) {
    const data = join(folder, String(index));
    if (scene.rows > 0) await fillLedger(data, scene.rows, clock);
    const config = configOf(scene, simulator.url);
    const server = stack.use(await ServerProcess.start({ config, data }));
    // Compiled, and every key proven once.
    await measure(server, scene, Math.max(2_000, scene.keys));
    servers.push([scene, server]);
  }
  for (let round = 0; round < rounds; round += 1) {
    for (const [scene, server] of servers) {
      found.get(scene)?.push(await measure(server, scene, calls));
    }
  }
  const lines = groups.flatMap((group) => {
    const figures = group.map((scene) => median(found.get(scene) ?? []));
    const [first = 0] = figures;
    return group.map(({ name }, at) => {
      const micros = figures[at] ?? 0;
      return { name, micros, times: micros / first };
    });
  });
  const table = lines.map(({ name, micros, times }) => [name, micros.toFixed(1), times.toFixed(3)]);
  console.log(formatTable(columns, table));
  return lines.every(({ times }) => times <= most);
}

const simulator = await startSimulator({ port: 0, seed: 1, clock });
try {
  process.exitCode = (await run(simulator)) ? 0 : 1;
} finally {
  await simulator.close();
  rmSync(folder, { recursive: true, force: true });
}
