import { Samples } from "./samples.ts";

/** In microseconds. */
export interface Distribution {
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** What one run of the load generator saw of the answers. */
export interface AnswerFigures {
  readonly answers: number;
  readonly errors: number;
  readonly errorsByKind: Readonly<Record<string, number>>;
  readonly firstError: string;
  readonly eventsPerAnswer: number;
  /** From when a request was due to the last byte of its answer. */
  readonly latency: Distribution;
  /** From when a request was due to its first server-sent event. */
  readonly firstEvent: Distribution;
  /** Between two reads that completed events of the same answer. */
  readonly gap: Distribution;
}

/** Counts answers and errors and keeps their times. Times go in as milliseconds. */
export class LoadTally {
  readonly #latency = new Samples();
  readonly #firstEvent = new Samples();
  readonly #gap = new Samples();
  readonly #errorsByKind: Record<string, number> = {};
  #firstError = "";
  #errors = 0;
  #answers = 0;
  #events = 0;

  get errors(): number {
    return this.#errors;
  }

  answer(events: number, latencyMs: number): void {
    this.#answers++;
    this.#events += events;
    this.#latency.add(latencyMs);
  }

  firstEvent(afterMs: number): void {
    this.#firstEvent.add(afterMs);
  }

  gap(afterMs: number): void {
    this.#gap.add(afterMs);
  }

  error(kind: string, detail: string): void {
    this.#errors++;
    this.#errorsByKind[kind] = (this.#errorsByKind[kind] ?? 0) + 1;
    if (this.#firstError === "") this.#firstError = detail;
  }

  figures(): AnswerFigures {
    return {
      answers: this.#answers,
      errors: this.#errors,
      errorsByKind: this.#errorsByKind,
      firstError: this.#firstError,
      eventsPerAnswer: this.#answers === 0 ? 0 : this.#events / this.#answers,
      latency: distribution(this.#latency),
      firstEvent: distribution(this.#firstEvent),
      gap: distribution(this.#gap),
    };
  }
}

function distribution(samples: Samples): Distribution {
  const micros = (share: number) => Math.round(samples.quantile(share) * 1000);
  return {
    count: samples.count,
    p50: micros(0.5),
    p90: micros(0.9),
    p99: micros(0.99),
    max: micros(1),
  };
}
