const grammar = /^[\w-]+$/;
const foreign = /[^\w-]/g;

/**
 * A tool call's id for a provider that takes letters, digits, _ and - only: its own where that
 * fits, else one made of it. The same id always becomes the same, so a result finds its call, and
 * different ids stay different (WIR-13).
 */
export function carriedCallId(id: string, maxLength: number): string {
  if (id.length <= maxLength && grammar.test(id)) return id;
  const tag = hash(id).toString(36).padStart(11, "0");
  const stem = id.slice(0, maxLength - tag.length - 1).replaceAll(foreign, "_");
  return `${stem}_${tag}`;
}

/** 53 bits of two multiplicative hashes (cyrb53). */
function hash(text: string): number {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    high = Math.imul(high ^ unit, 2_654_435_761);
    low = Math.imul(low ^ unit, 1_597_334_677);
  }
  high =
    Math.imul(high ^ (high >>> 16), 2_246_822_507) ^ Math.imul(low ^ (low >>> 13), 3_266_489_909);
  low =
    Math.imul(low ^ (low >>> 16), 2_246_822_507) ^ Math.imul(high ^ (high >>> 13), 3_266_489_909);
  return 4_294_967_296 * (2_097_151 & low) + (high >>> 0);
}
