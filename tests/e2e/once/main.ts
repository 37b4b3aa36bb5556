import { SeededRandom } from "@sekisho/lib/random/seeded-random.ts";
import { GatewayUnderTest } from "../../harness/gateway-under-test.ts";
import { anyCut, onceCuts } from "./once-cut.ts";
import { playOnce, type OnceCase } from "./once-stage.ts";
import { onceWays } from "./once-way.ts";

/** `npm run once:long [seed]`: 3,000 names through cuts as they fall, one to three racers each. */
const seed = Number(process.argv[2] ?? "1");
const random = new SeededRandom(seed);
const draw = (from: number, to: number): number => from + (random.uint32() % (to - from + 1));
const cases = Array.from({ length: 3_000 }, (_, n): OnceCase => {
  const way = onceWays[n % onceWays.length];
  const known = onceCuts[draw(0, onceCuts.length - 1)];
  if (way === undefined || known === undefined) throw new RangeError("Cannot play no cases");
  const isTimed = known.timeoutMs !== undefined && way.name !== "client library";
  return { way, cut: isTimed ? known : anyCut(draw), racers: draw(1, 3) };
});
await using gateway = await GatewayUnderTest.start();
const startedMs = performance.now();
const { cut, repeated } = await playOnce(gateway, cases);
const seconds = ((performance.now() - startedMs) / 1_000).toFixed(1);
console.log(
  `${cases.length} names, ${cut} connections cut, ${repeated} answers given again, ` +
    `${cases.length} calls at the provider, ${seconds} s (seed ${seed})`,
);
