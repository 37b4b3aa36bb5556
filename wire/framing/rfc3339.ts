const dayMs = 86_400_000;

const digits = (value: number, width: number): string => String(value).padStart(width, "0");

/** Year, month and day of the Gregorian calendar, in days since 1970-01-01. */
function civilDate(days: number): readonly [year: number, month: number, day: number] {
  // Eras of 400 years that begin on 1 March put the leap day at the end of a year.
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const leapDays = Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
  const dayOfYear = dayOfEra - (365 * yearOfEra + leapDays);
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return [yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day];
}

/** A time of the years 0 to 9999 as RFC 3339 writes it, in UTC and whole seconds. Pure. */
export function rfc3339(epochMs: number): string {
  const days = Math.floor(epochMs / dayMs);
  const seconds = Math.floor((epochMs - days * dayMs) / 1000);
  const [year, month, day] = civilDate(days);
  const date = `${digits(year, 4)}-${digits(month, 2)}-${digits(day, 2)}`;
  const hours = digits(Math.floor(seconds / 3600), 2);
  const minutes = digits(Math.floor(seconds / 60) % 60, 2);
  return `${date}T${hours}:${minutes}:${digits(seconds % 60, 2)}Z`;
}
