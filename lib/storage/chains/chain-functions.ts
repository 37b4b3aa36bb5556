import type { DatabaseSync } from "node:sqlite";
import type { SqlValue } from "../writer.ts";
import { chainHash, chainStart, type ChainValue } from "./chain-hash.ts";

const hashOf = (previous: SqlValue, ...values: readonly SqlValue[]): Uint8Array => {
  if (previous !== null && !(previous instanceof Uint8Array)) {
    throw new TypeError(`Cannot chain a row: the hash before it is a ${typeof previous}`);
  }
  return chainHash(previous ?? chainStart, values.map(chained));
};

const chained = (value: SqlValue): ChainValue => {
  if (value === null || typeof value === "string" || typeof value === "number") return value;
  throw new TypeError("Cannot chain a row: it holds bytes or an integer beyond 2^53");
};

/**
 * Teaches a connection `chain_hash(previous, …values)` for triggers that chain what is inserted;
 * NULL stands for the start of a chain.
 */
export const registerChainFunctions = (database: DatabaseSync): void => {
  database.function("chain_hash", { deterministic: true, varargs: true }, hashOf);
};
