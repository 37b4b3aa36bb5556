import { calendarForm, calendarWords } from "@sekisho/wire/admin/calendar-range.ts";
import type { Option } from "./command.ts";

export const json: Option = { name: "json", value: null, about: "print JSON for scripts" };

export const data: Option = {
  name: "data",
  value: "FOLDER",
  about: "data folder of the server (SEKISHO_DATA, default ./data)",
};

export const config: Option = {
  name: "config",
  value: "FILE",
  about: "configuration file (SEKISHO_CONFIG, default ./sekisho.yaml if it exists)",
};

export const env: Option = {
  name: "env",
  value: "ENV",
  about: "environment, which also names the overlay beside the file (SEKISHO_ENV, default dev)",
  values: ["dev", "staging", "prod"],
};

/** For commands that ask the running server. */
export const server: readonly Option[] = [
  {
    name: "url",
    value: "URL",
    about: "admin API of the server (SEKISHO_URL, default from <data>/server.json)",
  },
  {
    name: "admin-key",
    value: "KEY",
    about: "admin key (SEKISHO_ADMIN_KEY, default from <data>/first-run.json)",
  },
  data,
  json,
];

/** Of which time: one of these ranges, or a month or a day of UTC. */
export function range(names: Readonly<Record<string, unknown>>, usual: string): Option {
  const values = Object.keys(names);
  return {
    name: "range",
    value: "RANGE",
    about: `how far back: ${values.join(", ")} (default ${usual}); 2026-11, 2026-11-21`,
    values,
    orForm: { form: calendarForm, about: calendarWords },
  };
}

export const tenant: Option = { name: "tenant", value: "NAME", about: "only this tenant" };
