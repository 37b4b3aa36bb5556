import type { ReactElement, ReactNode } from "react";

function Icon({ children }: { readonly children: ReactNode }): ReactElement {
  return (
    <svg
      viewBox="0 0 16 16"
      className="size-4 shrink-0"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.4"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {children}
    </svg>
  );
}

/** The gate. */
export function Mark(): ReactElement {
  return (
    <svg viewBox="0 0 20 20" className="size-5 shrink-0" fill="none" aria-hidden="true">
      <path
        d="M1.5 4.5h17M3.5 8.5h13M5.5 4.5v13M14.5 4.5v13"
        className="stroke-ink"
        strokeWidth="1.9"
        strokeLinecap="round"
      />
      <circle cx="10" cy="13.6" r="1.7" className="fill-bad-mark" />
    </svg>
  );
}

export const SystemIcon = (): ReactElement => (
  <Icon>
    <rect x="1.8" y="2.8" width="12.4" height="8.4" rx="1.2" />
    <path d="M5.5 13.5h5" />
  </Icon>
);

export const LightIcon = (): ReactElement => (
  <Icon>
    <circle cx="8" cy="8" r="2.9" />
    <path d="M8 1.4v1.4M8 13.2v1.4M1.4 8h1.4M13.2 8h1.4" />
    <path d="m3.3 3.3 1 1M11.7 11.7l1 1M3.3 12.7l1-1M11.7 4.3l1-1" />
  </Icon>
);

export const DarkIcon = (): ReactElement => (
  <Icon>
    <path d="M13.6 9.7A5.8 5.8 0 0 1 6.3 2.4a5.8 5.8 0 1 0 7.3 7.3Z" />
  </Icon>
);

export const SignOutIcon = (): ReactElement => (
  <Icon>
    <path d="M6.2 2.5H3.4a.9.9 0 0 0-.9.9v9.2c0 .5.4.9.9.9h2.8M10.2 5.2 13 8l-2.8 2.8M13 8H6" />
  </Icon>
);

export const CopyIcon = (): ReactElement => (
  <Icon>
    <rect x="5.4" y="5.4" width="8.2" height="8.2" rx="1.4" />
    <path d="M10.6 5.4V3.6q0-1.2-1.2-1.2H3.6q-1.2 0-1.2 1.2v5.8q0 1.2 1.2 1.2h1.8" />
  </Icon>
);

export const WarningIcon = (): ReactElement => (
  <Icon>
    <path d="M7 2.6 1.6 12a1.1 1.1 0 0 0 1 1.6h10.8a1.1 1.1 0 0 0 1-1.6L9 2.6a1.1 1.1 0 0 0-2 0Z" />
    <path d="M8 6.2v3.2M8 11.4v.1" />
  </Icon>
);
