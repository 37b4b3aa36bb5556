import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** Below the ports that the system hands out: a closed one is taken by nobody by chance. */
const firstPort = 10_000;
const portCount = 20_000;
const mostTries = 50;

/** A port on loopback that is free now, for a server that leaves it and comes back to it. */
export async function ownPort(): Promise<number> {
  for (let tries = 0; tries < mostTries; tries += 1) {
    const port = randomInt(firstPort, firstPort + portCount);
    if (await isFree(port)) return port;
  }
  throw new Error(`Cannot find a free port: ${mostTries} were taken`);
}

function isFree(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const server = createServer();
  server.once("error", () => resolve(false));
  server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  return promise;
}
