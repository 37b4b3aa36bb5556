const pad = (value: number, width: number): string => String(value).padStart(width, "0");

/** Year, month and day of a count of days since 1970 in the Gregorian calendar, UTC. */
const civilDate = (days: number): string => {
  // Years start in March here: the leap day comes last, and months follow a straight line.
  const shifted = days + 719_468;
  const era = Math.floor(shifted / 146_097);
  const dayOfEra = shifted - era * 146_097;
  const leapDays =
    Math.floor(dayOfEra / 1_460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear =
    dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day = dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1;
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9;
  const year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0);
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
};

const timeOfDay = (second: number): string => {
  const hours = pad(Math.floor(second / 3_600), 2);
  const minutes = pad(Math.floor(second / 60) % 60, 2);
  return `${hours}:${minutes}:${pad(second % 60, 2)}`;
};

/** Epoch milliseconds as RFC 3339 in UTC: 2026-01-31T23:59:59.999Z. */
export const rfc3339 = (wallMs: number): string => {
  const second = Math.floor(wallMs / 1_000);
  return `${secondText(second)}.${pad(wallMs - second * 1_000, 3)}Z`;
};

/**
 * `rfc3339` for times that follow one another: only the first of each second costs a spelling, and
 * only the first of each millisecond a text.
 */
export class TimeSpeller {
  #second = NaN;
  #secondText = "";
  #wallMs = NaN;
  #text = "";

  spell(wallMs: number): string {
    if (wallMs === this.#wallMs) return this.#text;
    const second = Math.floor(wallMs / 1_000);
    if (second !== this.#second) {
      this.#second = second;
      this.#secondText = secondText(second);
    }
    this.#wallMs = wallMs;
    this.#text = `${this.#secondText}.${pad(wallMs - second * 1_000, 3)}Z`;
    return this.#text;
  }
}

function secondText(second: number): string {
  const days = Math.floor(second / 86_400);
  return `${civilDate(days)}T${timeOfDay(second - days * 86_400)}`;
}
