import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import type { Host, SocketObserver } from "./host.ts";

/** A gateway at the other end of a wire that the test holds. */
export class FakeHost implements Host {
  readonly clock = new VirtualClock();
  readonly dialled: string[] = [];
  readonly said: { readonly type: string; readonly [name: string]: unknown }[] = [];
  observer: SocketObserver | null = null;
  wake: () => void = () => {};
  closed = 0;
  /** Thrown by the next dialling. */
  refusal: Error | null = null;
  /** Time in which no timer ran. */
  sleptMs = 0;

  nowMs(): number {
    return this.clock.monotonicMs() + this.sleptMs;
  }

  after(delayMs: number, run: () => void): () => void {
    const timer = this.clock.after(delayMs, run);
    return () => timer.cancel();
  }

  random(): number {
    return 0.999;
  }

  isOnline(): boolean {
    return true;
  }

  dial(url: string, subprotocol: string, observer: SocketObserver) {
    this.dialled.push(`${subprotocol} ${url}`);
    if (this.refusal !== null) throw this.refusal;
    this.observer = observer;
    return {
      send: (text: string) => void this.said.push(JSON.parse(text)),
      close: () => void (this.closed += 1),
    };
  }

  onWake(run: () => void): () => void {
    this.wake = run;
    return () => (this.wake = () => {});
  }

  say(frame: object): void {
    this.observer?.text(JSON.stringify(frame));
  }

  /** The newest connection is open and knows who it is. */
  open(): void {
    this.observer?.opened();
    this.say({ type: "authenticated" });
  }

  cut(code = 1006, reason = ""): void {
    this.observer?.closed(code, reason);
  }
}
