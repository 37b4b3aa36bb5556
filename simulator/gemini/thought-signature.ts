import { Buffer } from "node:buffer";
import { hash } from "node:crypto";

const mark = "simulated-gemini:";
/** What stands in the place of a signature under calls that no Gemini has made. */
const skipped = ["skip_thought_signature_validator", "context_engineering_is_the_way_to_go"];

/** What stands under the part behind a thought: bytes that only their maker understands. */
export const signThought = (thought: string): string =>
  Buffer.from(mark + hash("sha256", thought).slice(0, 32)).toString("base64");

/** Has this provider signed it? It cannot be told what: the thought itself may stay behind. */
export const isSigned = (signature: string): boolean =>
  skipped.includes(signature) ||
  Buffer.from(signature, "base64").toString("latin1").startsWith(mark);
