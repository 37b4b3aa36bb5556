import { Buffer } from "node:buffer";

const bytesPerNumber = 4;

/** Float32 in little-endian order, as base64. */
export function writeVectorBase64(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * bytesPerNumber);
  for (const [index, value] of vector.entries()) bytes.writeFloatLE(value, index * bytesPerNumber);
  return bytes.toString("base64");
}
