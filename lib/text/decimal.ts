interface DecimalPlaces {
  /** How many of the units' digits stand behind the point. */
  readonly decimals: number;
  /** So many are written even when they are zeros. */
  readonly least: number;
}

/**
 * Whole units as an exact decimal number: 6_000_000 with 9 decimals, at least 2 of them written, is
 * "0.006", and 1_500_000_000 is "1.50".
 */
export function decimalText(units: bigint, { decimals, least }: DecimalPlaces): string {
  const sign = units < 0n ? "-" : "";
  const digits = String(units < 0n ? -units : units).padStart(decimals + 1, "0");
  const whole = digits.slice(0, digits.length - decimals);
  const fraction = digits.slice(digits.length - decimals);
  const kept = fraction.slice(0, least) + fraction.slice(least).replace(/0+$/, "");
  return sign + (kept === "" ? whole : `${whole}.${kept}`);
}
