/** A month or a day of UTC, by its name: `2026-11`, `2026-11-21`. Its reader says whether it is. */
export interface CalendarRange {
  readonly calendar: string;
}

/** How such a name looks, and how people are told of it. */
export const calendarForm = /^\d{4}-\d{2}(?:-\d{2})?$/;
export const calendarWords = "a month such as 2026-11, or a day such as 2026-11-21";
