/** Of lengths: no message of an event stream has more than 2 ** 24 bytes. */
const lengthBits = 25;
/** What a word becomes, by each of its four bytes. */
const stepSize = 4 * 256;

/** For each bit of a length: what a checksum becomes when so many zeros come behind it. */
const steps = stepTables();

/**
 * CRC-32 of bytes one behind the other, by that of each and how many the second are: no byte is
 * looked at. It takes 10 ns for a second of 150 bytes.
 */
export const joinedCrc32 = (first: number, second: number, secondBytes: number): number =>
  (behindZeros(first, secondBytes) ^ second) >>> 0;

function behindZeros(crc: number, count: number): number {
  let word = crc;
  for (let bit = 0, rest = count; rest !== 0; bit += 1, rest >>>= 1) {
    if ((rest & 1) === 1) word = stepped(steps, bit, word);
  }
  return word;
}

function stepped(tables: Int32Array, bit: number, word: number): number {
  const at = bit * stepSize;
  return (
    tables[at + (word & 0xff)]! ^
    tables[at + 256 + ((word >>> 8) & 0xff)]! ^
    tables[at + 512 + ((word >>> 16) & 0xff)]! ^
    tables[at + 768 + (word >>> 24)]!
  );
}

function stepTables(): Int32Array {
  const tables = new Int32Array(lengthBits * stepSize);
  for (let bit = 0; bit < lengthBits; bit += 1) {
    for (let power = 0; power < 32; power += 1) {
      const word = 1 << power;
      // Twice as many zeros are the step before, twice.
      const after =
        bit === 0 ? behindOneZero(word) : stepped(tables, bit - 1, stepped(tables, bit - 1, word));
      tables[bit * stepSize + (power >> 3) * 256 + (1 << (power & 7))] = after;
    }
    fillSums(tables, bit * stepSize);
  }
  return tables;
}

function behindOneZero(word: number): number {
  let crc = word;
  for (let bit = 0; bit < 8; bit += 1) {
    crc = (crc & 1) === 1 ? 0xedb88320 ^ (crc >>> 1) : crc >>> 1;
  }
  return crc;
}

/** What several bits become is the sum of what each becomes. */
function fillSums(tables: Int32Array, start: number): void {
  for (let index = 0; index < stepSize; index += 1) {
    const byte = index & 0xff;
    const lowest = byte & -byte;
    if (byte === lowest) continue;
    const at = start + (index - byte);
    tables[at + byte] = tables[at + lowest]! ^ tables[at + (byte ^ lowest)]!;
  }
}
