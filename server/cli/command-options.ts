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

export const tenant: Option = { name: "tenant", value: "NAME", about: "only this tenant" };
