const decimals = 9;

const shape = /^(?<whole>\d+)(?:\.(?<fraction>\d+))?(?:e(?<exponent>[+-]\d+))?$/;

/**
 * US dollars as written in the configuration, in whole nano-USD: 0.1 is exactly 100,000,000. Null
 * for what is negative, finer than a nano-USD or beyond the safe integers (9,007,199 USD).
 */
export function nanoUsd(usd: number): number | null {
  // The shortest text of a number is what its author wrote; its binary value is not.
  const groups = shape.exec(String(usd))?.groups;
  if (groups === undefined) return null;
  const { whole = "", fraction = "", exponent = "0" } = groups;
  const scale = decimals - fraction.length + Number(exponent);
  const digits = BigInt(whole + fraction);
  if (scale < -40 || scale > 40) return digits === 0n ? 0 : null;
  const unit = 10n ** BigInt(Math.abs(scale));
  if (scale < 0 && digits % unit !== 0n) return null;
  const nano = scale < 0 ? digits / unit : digits * unit;
  return nano <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(nano) : null;
}
