import assert from "node:assert/strict";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { Dice } from "../base/dice.ts";
import { SessionReader } from "./session-reader.ts";
import { SseClient } from "./sse-client.ts";
import { StreamMachine } from "./stream-machine.ts";

interface Reader {
  readonly isConnected: boolean;
  connect(): void;
  receive(most: number): void;
  cut(): void;
}

const shares = {
  say: 30,
  connect: 14,
  receive: 30,
  cut: 10,
  finish: 2,
  cancel: 0.6,
  kill: 0.6,
  power: 0.4,
};

const mostSteps = 80;

/**
 * One stream, two readers over server-sent events and one over sessions, whose connections break
 * anywhere, and a process that may be killed: at the end each of them has the log, each event once
 * and one terminal (STR-4). Throws what did not hold.
 */
export async function playStream(seed: number): Promise<void> {
  const dice = new Dice(new SeededRandom(seed));
  const passes = dice.chance(0.4);
  const machine = new StreamMachine(dice, passes);
  const clients = [1, 2].map((n) => new SseClient(machine, dice.fork(`client ${n}`)));
  // Sessions read events alone.
  const sessions = passes ? [] : [new SessionReader(machine)];
  const readers: readonly Reader[] = [...clients, ...sessions];
  let kills = 0;
  for (let step = 0; step < mostSteps; step += 1) {
    const act = dice.weighted(shares);
    const reader = dice.pick(readers);
    if (act === "say") machine.say();
    else if (act === "connect") reader.connect();
    else if (act === "receive") reader.receive(dice.magnitude(1, 3_000));
    else if (act === "cut") reader.cut();
    else if (act === "finish") machine.finish();
    else if (act === "cancel") machine.cancel();
    else if (kills < 2) {
      kills += 1;
      for (const each of readers) each.cut();
      await machine.kill(act === "power");
    }
    await machine.settle(dice.pick([0, 0, 10, 60, 120]));
  }
  machine.finish();
  await machine.settle(200);
  await check(machine, { clients, sessions });
}

interface Readers {
  readonly clients: readonly SseClient[];
  readonly sessions: readonly SessionReader[];
}

async function readAll(machine: StreamMachine, reader: Reader): Promise<void> {
  for (let n = 0; n < 40; n += 1) {
    if (!reader.isConnected) reader.connect();
    reader.receive(1_000_000);
    await machine.settle(10);
  }
}

async function check(machine: StreamMachine, { clients, sessions }: Readers): Promise<void> {
  // A power cut may have taken the stream before anybody was told of it.
  if (machine.find() === null) return;
  const whole = new SseClient(machine, new Dice(new SeededRandom(1)));
  await readAll(machine, whole);
  const last = whole.taken.at(-1) ?? "";
  const isTerminal = (frame: string): boolean =>
    /\[DONE\]|response\.(?:completed|incomplete|failed)/.test(frame.split("\n")[0] ?? "") ||
    /data: \[DONE\]|event: response\.(?:completed|incomplete|failed)/.test(frame);
  assert.ok(isTerminal(last), `the last event is no terminal: ${last}`);
  assert.equal(whole.taken.filter(isTerminal).length, 1);
  for (const client of clients) {
    await readAll(machine, client);
    assert.deepEqual(client.taken, whole.taken);
  }
  const fresh = new SessionReader(machine);
  if (sessions.length > 0) await readAll(machine, fresh);
  for (const session of sessions) {
    await readAll(machine, session);
    assert.equal(session.text, fresh.text);
    assert.deepEqual([session.terminals, session.afterTerminal], [1, 0]);
  }
}
