import type { ReactElement } from "react";
import { epochMsOf } from "../browser/clock.ts";
import { useWording } from "../words/language.ts";

/** A time in RFC 3339 as it is here; as it was written in the title. */
export function Moment({ time }: { readonly time: string }): ReactElement {
  const { figures } = useWording();
  return (
    <time dateTime={time} title={time}>
      {figures.moment(epochMsOf(time))}
    </time>
  );
}
