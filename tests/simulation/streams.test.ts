import { test } from "node:test";
import { SystemRandom } from "@sekisho/lib/random/system-random.ts";
import { playStream } from "./streams/play-stream.ts";

/** `npm run sim:streams` plays 10,000. */
const cases = 400;

test("STR-4 whatever breaks, each reader gets each event once, and one terminal", async () => {
  const first = new SystemRandom().uint32();
  for (let seed = first; seed < first + cases; seed += 1) {
    try {
      await playStream(seed);
    } catch (error) {
      throw new Error(`npm run sim:streams -- --seed=${seed} --cases=1`, { cause: error });
    }
  }
});
