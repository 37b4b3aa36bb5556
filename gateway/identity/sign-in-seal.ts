import { createCipheriv, createDecipheriv } from "node:crypto";
import type { Random } from "@sekisho/lib/random/random.ts";
import type { Pepper } from "./pepper.ts";

const ivBytes = 12;
const tagBytes = 16;
const maxSealedChars = 4_096;

/** No credential begins like this: its hash would be the key. */
const label = "\n sign-in of the console";

/**
 * What a browser carries while somebody is signing in elsewhere: AES-256-GCM under a key that comes
 * of the pepper, so that any process of the host can open it, and nobody else.
 */
export class SignInSeal {
  readonly #pepper: Pepper;
  readonly #random: Random;

  constructor(pepper: Pepper, random: Random) {
    this.#pepper = pepper;
    this.#random = random;
  }

  /** Letters that a cookie takes. */
  close(text: string): string {
    const iv = this.#random.bytes(ivBytes);
    const cipher = createCipheriv("aes-256-gcm", this.#key(this.#pepper.current), iv);
    const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), sealed]).toString("base64url");
  }

  /** Null where it was not closed here, or was changed. */
  open(sealed: string): string | null {
    if (sealed.length > maxSealedChars) return null;
    const bytes = Buffer.from(sealed, "base64url");
    if (bytes.length <= ivBytes + tagBytes) return null;
    for (const version of this.#pepper.versions) {
      const text = this.#opened(bytes, version);
      if (text !== null) return text;
    }
    return null;
  }

  #opened(bytes: Buffer, version: number): string | null {
    const iv = bytes.subarray(0, ivBytes);
    const decipher = createDecipheriv("aes-256-gcm", this.#key(version), iv);
    decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
    try {
      const text = decipher.update(bytes.subarray(ivBytes + tagBytes));
      return Buffer.concat([text, decipher.final()]).toString("utf8");
    } catch {
      // The tag does not hold: another pepper's, or nobody's.
      return null;
    }
  }

  #key(version: number): Uint8Array {
    return this.#pepper.hash(label, version).hmac;
  }
}
