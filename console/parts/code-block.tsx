import { useState, type ReactElement } from "react";
import { after } from "../browser/clock.ts";
import { useWording } from "../words/language.ts";
import { CopyIcon } from "./icons.tsx";

export interface CodeBlockProps {
  readonly title: string;
  readonly code: string;
  /** A part of the code that is shown shortened, and copied whole. */
  readonly secret: string | null;
}

const saidForMs = 2_000;

/** Code to be taken away. */
export function CodeBlock({ title, code, secret }: CodeBlockProps): ReactElement {
  const { first } = useWording().words;
  const [isCopied, setIsCopied] = useState(false);
  const copy = async (): Promise<void> => {
    try {
      await navigator.clipboard.writeText(code);
    } catch {
      // Without leave to write there, the text can still be selected.
      return;
    }
    setIsCopied(true);
    after(saidForMs, () => setIsCopied(false));
  };
  return (
    <figure className="card flex min-w-0 flex-col overflow-hidden">
      <figcaption className="flex items-center justify-between border-b border-line py-1 pr-1 pl-4">
        <span className="text-xs font-semibold">{title}</span>
        <button
          type="button"
          onClick={() => void copy()}
          className="quiet flex items-center gap-1.5 px-2 py-1 text-xs font-medium"
        >
          <CopyIcon />
          <span aria-live="polite">{isCopied ? first.copied : first.copy}</span>
        </button>
      </figcaption>
      <pre tabIndex={0} className="flex-1 overflow-x-auto p-4 font-mono text-xs leading-5">
        <code>{secret === null ? code : <Shortened code={code} secret={secret} />}</code>
      </pre>
    </figure>
  );
}

function Shortened({
  code,
  secret,
}: {
  readonly code: string;
  readonly secret: string;
}): ReactElement {
  const [before = "", after = ""] = code.split(secret);
  return (
    <>
      {before}
      <span className="fade-out text-accent">{secret}</span>
      {after}
    </>
  );
}
