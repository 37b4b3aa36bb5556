import { ok, type Parsed } from "../result.ts";
import { calendarForm, calendarWords, type CalendarRange } from "./calendar-range.ts";
import { refuseParam } from "./_query.ts";

/**
 * Reads the parameter `range`: a name of the table, `usual` where there is none, or a month or a
 * day of UTC. Whether there is such a month or day is for who looks at the clock.
 */
export function readAskedRange<Name extends string>(
  text: string | undefined,
  names: Readonly<Record<Name, number | null>>,
  usual: Name,
): Parsed<Name | CalendarRange, "invalid_value"> {
  const asked = text ?? usual;
  // Its own key.
  if (Object.hasOwn(names, asked)) return ok(asked as Name);
  if (calendarForm.test(asked)) return ok({ calendar: asked });
  const all = [...Object.keys(names), calendarWords].join(", ");
  return refuseParam("range", `must be one of ${all}`);
}
