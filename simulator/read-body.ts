import type { Hearing } from "./peers.ts";

/**
 * Collects a body. `whole` gets null when it is longer than `limitBytes`: the rest was then read
 * and thrown away, so that the refusal reaches a client that is still sending. `gone` is called
 * when the client leaves before the end.
 */
export const readBody = (
  request: Hearing,
  limitBytes: number,
  on: { whole(body: Buffer | null): void; gone(): void },
): void => {
  const chunks: Buffer[] = [];
  let length = 0;
  request.on("data", (chunk: Buffer) => {
    length += chunk.length;
    if (length <= limitBytes) chunks.push(chunk);
    else chunks.length = 0;
  });
  request.on("end", () => {
    const [only] = chunks;
    if (length > limitBytes) on.whole(null);
    else on.whole(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks));
  });
  request.on("error", () => on.gone());
};
