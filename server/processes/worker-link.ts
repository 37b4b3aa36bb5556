import type { Clock } from "@sekisho/lib/time/clock.ts";
import type { ToSupervisor, ToWorker, WorkerReady, WorkerSignal, WorkerStart } from "./messages.ts";
import type { Peers, WorkerState } from "./peers.ts";

/** The worker's end of the channel to its supervisor. */
export interface WorkerChannel {
  send(message: ToSupervisor): void;
  onMessage(read: (message: ToWorker) => void): void;
}

const askMs = 1_000;

type Asked = Extract<ToWorker, { kind: "asked" }>;

interface Question {
  readonly answers: unknown[];
  readonly wanted: number;
  readonly done: () => void;
}

/** One worker's view of its supervisor and of the other workers. */
export class WorkerLink implements Peers {
  readonly #channel: WorkerChannel;
  readonly #clock: Clock;
  readonly #started = Promise.withResolvers<WorkerStart>();
  readonly #readers = new Map<string, (data: unknown) => void>();
  readonly #answers = new Map<string, (data: unknown) => unknown>();
  readonly #questions = new Map<number, Question>();
  readonly #signals = new Map<WorkerSignal, (signal: string) => void>();
  #died: (member: string) => void = () => {};
  #workers: readonly WorkerState[] = [];
  #slot = 0;
  #lastQuestion = 0;

  constructor(channel: WorkerChannel, clock: Clock) {
    this.#channel = channel;
    this.#clock = clock;
    channel.onMessage((message) => this.#received(message));
    channel.send({ kind: "here" });
  }

  /** What the supervisor starts this worker with. */
  get started(): Promise<WorkerStart> {
    return this.#started.promise;
  }

  /** All workers, this one included, as the supervisor sees them. */
  get workers(): readonly WorkerState[] {
    return this.#workers;
  }

  ready(ready: WorkerReady): void {
    this.#channel.send({ kind: "ready", ready });
  }

  refused(message: string): void {
    this.#channel.send({ kind: "refused", message });
  }

  /** Under which name this process stands in the books, from now on. */
  isMember(member: string): void {
    this.#channel.send({ kind: "member", member });
  }

  /** Signals to the supervisor are signals to its workers. */
  on(signal: WorkerSignal, run: (signal: string) => void): void {
    this.#signals.set(signal, run);
  }

  onDeath(read: (member: string) => void): void {
    this.#died = read;
  }

  publish(topic: string, data: unknown): void {
    this.#channel.send({ kind: "publish", topic, data });
  }

  subscribe(topic: string, read: (data: unknown) => void): void {
    this.#readers.set(topic, read);
  }

  answer(topic: string, make: (data: unknown) => unknown): void {
    this.#answers.set(topic, make);
  }

  async ask(topic: string, data: unknown = null): Promise<readonly unknown[]> {
    const wanted = this.#workers.filter(
      ({ slot, state }) => state === "serving" && slot !== this.#slot,
    ).length;
    if (wanted === 0) return [];
    const id = ++this.#lastQuestion;
    const { promise, resolve } = Promise.withResolvers<void>();
    const question = { answers: [], wanted, done: resolve };
    this.#questions.set(id, question);
    const timer = this.#clock.after(askMs, resolve);
    this.#channel.send({ kind: "ask", id, topic, data });
    await promise;
    timer.cancel();
    this.#questions.delete(id);
    return question.answers;
  }

  #received(message: ToWorker): void {
    switch (message.kind) {
      case "start":
        this.#slot = message.start.slot;
        return this.#started.resolve(message.start);
      case "signal":
        return this.#signals.get(message.signal)?.(message.signal);
      case "ping":
        return this.#channel.send({ kind: "pong" });
      case "died":
        return this.#died(message.member);
      case "workers":
        this.#workers = message.workers;
        return;
      case "published":
        return this.#readers.get(message.topic)?.(message.data);
      case "asked":
        return void this.#answerTo(message);
      case "answered":
        return this.#answered(message.id, message.data);
    }
  }

  async #answerTo({ from, id, topic, data: asked }: Asked): Promise<void> {
    let data: unknown = null;
    try {
      data = (await this.#answers.get(topic)?.(asked)) ?? null;
    } catch {
      // Who asks takes silence for what it is.
    }
    this.#channel.send({ kind: "answer", to: from, id, data });
  }

  #answered(id: number, data: unknown): void {
    const question = this.#questions.get(id);
    if (question === undefined) return;
    if (data !== null) question.answers.push(data);
    if (question.answers.length >= question.wanted) question.done();
  }
}
