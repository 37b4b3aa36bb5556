import { setImmediate as turn } from "node:timers/promises";
import { upstreamConformance } from "@sekisho/lib/http/upstream-conformance.ts";
import type { PeerCall, UpstreamHarness } from "@sekisho/lib/http/upstream-harness.ts";
import type { UpstreamHeaders, UpstreamRequest } from "@sekisho/lib/http/upstream.ts";
import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { VirtualClock } from "@sekisho/lib/time/virtual-clock.ts";
import { Dice } from "../base/dice.ts";
import type { Parcel, SimulatedCall } from "./simulated-call.ts";
import { SimulatedUpstream, type Providers } from "./simulated-upstream.ts";

const latencyMs = 2;
/** Longer than any wait of the suite. */
const patienceTurns = 2_000;

/** A provider whose answers the suite sends by hand. */
class HandPeer implements PeerCall {
  readonly method: string;
  readonly path: string;
  readonly body: Buffer;
  readonly gone = Promise.withResolvers<void>();
  readonly closed = this.gone.promise;
  readonly #request: UpstreamRequest;
  readonly #later: (run: () => void) => void;
  readonly #call: SimulatedCall;

  constructor(request: UpstreamRequest, call: SimulatedCall, later: (run: () => void) => void) {
    this.method = request.method;
    this.path = request.path;
    this.body = Buffer.from(request.body ?? []);
    this.#request = request;
    this.#call = call;
    this.#later = later;
  }

  header(lowerCaseName: string): string | undefined {
    if (lowerCaseName === "host") return this.#request.origin;
    return fold(this.#request.headers).get(lowerCaseName)?.join(", ");
  }

  head(status: number, headers: readonly string[]): void {
    const folded = [...fold(headers)].map(([name, all]) => [name, all.length > 1 ? all : all[0]]);
    // Names and values as `fold` has made them.
    this.#send({ kind: "head", status, headers: Object.fromEntries(folded) as UpstreamHeaders });
  }

  bytes(bytes: Buffer): void {
    this.#send({ kind: "bytes", bytes });
  }

  end(): void {
    this.#send({ kind: "end" });
  }

  cut(): void {
    this.#send({ kind: "failure", code: "upstream_cut" });
  }

  #send(parcel: Parcel): void {
    this.#later(() => this.#call.send(parcel));
  }
}

function fold(flat: readonly string[]): Map<string, string[]> {
  const map = new Map<string, string[]>();
  for (let n = 0; n < flat.length; n += 2) {
    const name = (flat[n] ?? "").toLowerCase();
    map.set(name, [...(map.get(name) ?? []), flat[n + 1] ?? ""]);
  }
  return map;
}

/** Both ends in virtual time. */
class SimulatedHarness implements UpstreamHarness {
  readonly origin = "https://somebody.example";
  readonly refusingOrigin = "https://nobody.example";
  readonly #clock = new VirtualClock();
  readonly #arrived: HandPeer[] = [];
  readonly #wanted: ((peer: HandPeer) => void)[] = [];
  readonly #providers: Providers = {
    called: (request) => {
      let peer: HandPeer | null = null;
      return {
        begin: (call) => {
          peer = new HandPeer(request, call, (run) => this.#later(run));
          this.#arrive(request, peer, call);
        },
        paused() {},
        resumed() {},
        handing() {},
        handed() {},
        closed: () => this.#later(() => peer?.gone.resolve()),
      };
    },
  };
  readonly upstream = new SimulatedUpstream(
    {
      clock: this.#clock,
      dice: new Dice(new SeededRandom(1)),
      defect(error) {
        throw error;
      },
    },
    this.#providers,
  );

  peer(): Promise<HandPeer> {
    const arrived = this.#arrived.shift();
    if (arrived !== undefined) return Promise.resolve(arrived);
    return new Promise((resolve) => this.#wanted.push(resolve));
  }

  async until<T>(promise: Promise<T>): Promise<T> {
    let isSettled = false;
    const settled = (): void => {
      isSettled = true;
    };
    promise.then(settled, settled);
    for (let turns = 0; turns < patienceTurns && !isSettled; turns++) {
      await this.#clock.elapse(1);
      await turn();
    }
    if (!isSettled) throw new Error(`Nothing happened in ${patienceTurns} ms`);
    return promise;
  }

  quiet(): Promise<void> {
    return this.#clock.elapse(10 * latencyMs);
  }

  close(): Promise<void> {
    return this.quiet();
  }

  #arrive(request: UpstreamRequest, peer: HandPeer, call: SimulatedCall): void {
    this.#later(() => {
      if (request.origin === this.refusingOrigin) {
        call.send({ kind: "failure", code: "connect_failed" });
        return;
      }
      const take = this.#wanted.shift();
      if (take === undefined) this.#arrived.push(peer);
      else take(peer);
    });
  }

  #later(run: () => void): void {
    this.#clock.after(latencyMs, run);
  }
}

upstreamConformance("SimulatedUpstream", async () => new SimulatedHarness());
