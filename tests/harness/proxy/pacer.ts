import type { Random } from "@sekisho/lib/random/random.ts";
import type { LaneFault } from "./link-fault.ts";

/** Bytes that leave in one write, and when. */
export interface Parcel {
  readonly bytes: Buffer;
  readonly dueMs: number;
}

/** With a bandwidth, a parcel is what passes in so many milliseconds. */
const parcelMs = 20;

/** Decides when bytes leave one direction of a connection, and in which slices. */
export class Pacer {
  readonly #fault: LaneFault;
  readonly #random: Random;
  /** Never before what came earlier. */
  #lastDueMs = -Infinity;
  /** When the line is free for the next byte. */
  #freeMs = -Infinity;

  constructor(fault: LaneFault, random: Random) {
    this.#fault = fault;
    this.#random = random;
  }

  /** When these bytes, which are read now, leave. */
  take(bytes: Buffer, nowMs: number): Parcel[] {
    const { latencyMs = 0, jitterMs = 0 } = this.#fault;
    const drawnMs = jitterMs > 0 ? this.#random.float() * jitterMs : 0;
    const readyMs = nowMs + latencyMs + drawnMs;
    const length = this.#parcelBytes(bytes.length);
    const parcels: Parcel[] = [];
    for (let at = 0; at < bytes.length; at += length) {
      const slice = bytes.subarray(at, at + length);
      parcels.push({ bytes: slice, dueMs: this.#due(slice.length, readyMs) });
    }
    return parcels;
  }

  #parcelBytes(most: number): number {
    const { bytesPerSecond, sliceBytes = most } = this.#fault;
    const paced = bytesPerSecond === undefined ? most : (bytesPerSecond * parcelMs) / 1000;
    return Math.max(1, Math.min(most, sliceBytes, Math.floor(paced)));
  }

  /** A parcel leaves when its last byte has passed. */
  #due(length: number, readyMs: number): number {
    const { bytesPerSecond } = this.#fault;
    let dueMs = Math.max(readyMs, this.#lastDueMs);
    if (bytesPerSecond !== undefined) {
      dueMs = Math.max(dueMs, this.#freeMs) + (length * 1000) / bytesPerSecond;
      this.#freeMs = dueMs;
    }
    this.#lastDueMs = dueMs;
    return dueMs;
  }
}
