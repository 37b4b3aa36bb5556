import { createHmac, timingSafeEqual } from "node:crypto";

import type { ProofSeal } from "./proof.ts";

/** A seal of this key, for tests. */
export function testSeal(key: string): ProofSeal {
  const sign = (text: string): Buffer => createHmac("sha256", key).update(text).digest();
  return { sign, isOf: (text, sealed) => timingSafeEqual(sign(text), sealed) };
}
