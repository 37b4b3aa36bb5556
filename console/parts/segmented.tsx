import type { ReactElement } from "react";

export interface SegmentedProps<Value extends string> {
  readonly label: string;
  readonly options: readonly { readonly value: Value; readonly text: string }[];
  readonly value: Value;
  readonly choose: (value: Value) => void;
}

/** One of a few, all in sight. Native radio buttons: arrow keys move the choice. */
export function Segmented<Value extends string>(props: SegmentedProps<Value>): ReactElement {
  const { label, options, value, choose } = props;
  return (
    <fieldset className="flex rounded-md bg-raised p-0.5">
      <legend className="sr-only">{label}</legend>
      {options.map((option) => (
        <label key={option.value} className="choice text-xs leading-5">
          <input
            type="radio"
            className="absolute inset-0 cursor-pointer appearance-none outline-none"
            name={label}
            checked={option.value === value}
            onChange={() => choose(option.value)}
          />
          {option.text}
        </label>
      ))}
    </fieldset>
  );
}
