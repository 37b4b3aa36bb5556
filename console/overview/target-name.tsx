import type { ReactElement } from "react";
import { useWording } from "../words/language.ts";
import type { TargetRow } from "./target-rows.ts";

/** What is called, and where. */
export function TargetName({ row }: { readonly row: TargetRow }): ReactElement {
  const { targets } = useWording().words;
  const { level, model, provider, region, credential, circuit } = row;
  const names = {
    target: model ?? provider,
    region: targets.region,
    credential: targets.credential,
  };
  const place = [
    provider,
    region,
    ...(credential === null || credential === "none" ? [] : [credential]),
    ...(circuit?.aliases ?? []),
  ];
  return (
    <span className="flex min-w-0 flex-col">
      <span className="truncate font-medium" title={names[level]}>
        {names[level]}
      </span>
      <span className="text-xs wrap-anywhere text-ink-2">{place.join(" · ")}</span>
    </span>
  );
}
