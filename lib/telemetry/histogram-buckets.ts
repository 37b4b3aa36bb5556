/** Each doubling of the value is cut into this many buckets of equal width. */
const perOctave = 16;

/** Larger values count in the last bucket: 2^42 us are 50 days, 2^42 ns are 73 minutes. */
const topValue = 2 ** 42 - 1;

/** What is recorded for this value: a whole number that has a bucket. */
export const clampValue = (value: number): number =>
  value > 0 ? Math.min(Math.floor(value), topValue) : 0;

/** The bucket of a clamped value. Below 16 each value has its own. */
export const bucketOf = (value: number): number => {
  if (value < perOctave) return value;
  if (value < 2 ** 32) {
    const shift = 27 - Math.clz32(value);
    return shift * perOctave + (value >>> shift);
  }
  const shift = 43 - Math.clz32(value / 2 ** 16);
  return shift * perOctave + Math.floor(value / 2 ** shift);
};

export const bucketCount = bucketOf(topValue) + 1;

export const bucketWidth = (bucket: number): number =>
  bucket < perOctave ? 1 : 2 ** (Math.floor(bucket / perOctave) - 1);

export const lowestInBucket = (bucket: number): number =>
  bucket < perOctave ? bucket : ((bucket % perOctave) + perOctave) * bucketWidth(bucket);

/** The largest value that shares a bucket with this one: the only limits that count exactly. */
export const bucketEdge = (value: number): number => {
  const bucket = bucketOf(clampValue(value));
  return lowestInBucket(bucket) + bucketWidth(bucket) - 1;
};
