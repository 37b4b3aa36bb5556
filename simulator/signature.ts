import { hash } from "node:crypto";

/** What stands under reasoning; each provider takes its own signatures only. */
export const signatureOf = (signer: string, thinking: string): string =>
  hash("sha512", `${signer}\n${thinking}`, "base64");
