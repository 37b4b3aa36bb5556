import type { Random } from "@sekisho/lib/random/random.ts";
import { Pepper } from "../pepper.ts";
import { createPrivate, readPrivate } from "./_private-file.ts";

const secretBytes = 32;

/**
 * The pepper from `<data>/pepper.json`; without a file a fresh one, if `mayCreate`: say so only
 * while no stored key needs an older one. Throws a sentence when the file is missing or broken.
 */
export function openPepper(
  path: string,
  random: Random,
  { mayCreate }: { readonly mayCreate: boolean },
): Pepper {
  if (readPrivate(path) === null) {
    if (!mayCreate) {
      const why = "there is no such file, and stored keys need it: restore it from the backup";
      throw new Error(`Cannot open the pepper ${path}: ${why}`);
    }
    const peppers = { 1: random.bytes(secretBytes).toString("base64url") };
    createPrivate(path, `${JSON.stringify({ current: 1, peppers }, null, 2)}\n`);
  }
  const { current, secrets } = read(path);
  return new Pepper(current, secrets);
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null;

const read = (path: string) => {
  const broken = (why: string): Error => new Error(`Cannot open the pepper ${path}: ${why}`);
  let file: unknown;
  try {
    file = JSON.parse(readPrivate(path) ?? "");
  } catch {
    // Without the cause: a JSON error quotes the file.
    throw broken("it is not valid JSON");
  }
  if (!isObject(file) || typeof file["current"] !== "number" || !isObject(file["peppers"])) {
    throw broken('expected {"current": number, "peppers": {version: secret}}');
  }
  const secrets = new Map<number, Buffer>();
  for (const [version, secret] of Object.entries(file["peppers"])) {
    if (typeof secret !== "string") throw broken(`pepper ${version} is not a string`);
    secrets.set(Number(version), Buffer.from(secret, "base64url"));
  }
  return { current: file["current"], secrets };
};
