import type { ReactElement } from "react";
import { Panel } from "../parts/panel.tsx";
import { useWording } from "../words/language.ts";
import { SplitSection } from "./split-section.tsx";
import { useSplits } from "./use-splits.ts";

/** Each split with its arms and what may be done about them; nothing where there is none. */
export function SplitsPanel(): ReactElement | null {
  const { splits, receivedMs, hasFailed, read } = useSplits();
  const { words } = useWording();
  if (splits.length === 0 && !hasFailed) return null;
  return (
    <Panel id="splits" title={words.splits.title} receivedMs={receivedMs}>
      {hasFailed && (
        <p role="status" className="px-4 pb-3 text-warn">
          {words.splits.unread}
        </p>
      )}
      {splits.map((split) => (
        <SplitSection key={split.split} split={split} changed={read} />
      ))}
    </Panel>
  );
}
