import { cpuMicros, rssMb } from "./process-tree.ts";
import { median } from "./samples.ts";

/** What the watched process tree used. Memory in MB. */
export interface ProcessFigures {
  readonly cpuMicros: number;
  /** Of one core, between `begin` and `end`. */
  readonly cpuShare: number;
  readonly rssPeakMb: number;
  /** Median of the samples taken while `sampleRss(true)`; 0 without one. */
  readonly rssSteadyMb: number;
}

/** CPU and memory of another process, read at the edges of a measurement. */
export class ProcessWatch {
  readonly #pid: number;
  readonly #steady: number[] = [];
  #peakMb = 0;
  #beganAt = 0;
  #cpuAtBegin = 0;
  #cpuMicros = 0;
  #cpuShare = 0;

  constructor(pid: number) {
    this.#pid = pid;
  }

  begin(): void {
    this.#cpuAtBegin = cpuMicros(this.#pid);
    this.#beganAt = performance.now();
  }

  end(): void {
    const elapsedMs = performance.now() - this.#beganAt;
    this.#cpuMicros = cpuMicros(this.#pid) - this.#cpuAtBegin;
    this.#cpuShare = this.#cpuMicros / (elapsedMs * 1000);
  }

  sampleRss(steady: boolean): void {
    const mb = rssMb(this.#pid);
    this.#peakMb = Math.max(this.#peakMb, mb);
    if (steady) this.#steady.push(mb);
  }

  figures(): ProcessFigures {
    return {
      cpuMicros: this.#cpuMicros,
      cpuShare: this.#cpuShare,
      rssPeakMb: this.#peakMb,
      rssSteadyMb: this.#steady.length === 0 ? 0 : median(this.#steady),
    };
  }
}
