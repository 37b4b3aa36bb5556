import type { Clock } from "@sekisho/lib/time/clock.ts";
import { orAborted, TimeLimit } from "@sekisho/lib/time/time-limit.ts";
import { modelMaker, readModel } from "@sekisho/wire/ai-sdk/sdk-model.ts";
import { type ConfigPath, formatPath } from "../config-path.ts";
import type { ConfigSource } from "../trees/config-source.ts";
import type { Finding, Outcome } from "../problem.ts";
import { problemOf } from "../loading/resolve-config.ts";
import { valueHider } from "../loading/value-hider.ts";
import { isModulePath } from "../schema/package-options.ts";
import type { Config, ProviderConfig } from "../schema.ts";

/** What makes a package's provider of its settings. */
export type SdkFactory = (settings: Readonly<Record<string, unknown>>) => unknown;

/** Factories of the packages that a configuration names, by the names of its providers. */
export type SdkFactories = ReadonlyMap<string, SdkFactory>;

export type PackageProvider = Extract<ProviderConfig, { readonly kind: "ai-sdk" }>;

export interface PackageLoading {
  readonly clock: Clock;
  /** Rejects when there is no such package, or when it does not run. */
  readonly importModule: (path: string) => Promise<unknown>;
  readonly importPackage: (name: string) => Promise<unknown>;
}

/** A package that is not there by then waits for something. */
const loadingMs = 10_000;

/**
 * Loads each package that a provider names, and lets it make each model that the configuration asks
 * it for. A wrong one is a problem of the configuration.
 */
export async function loadSdkPackages(
  config: Pick<Config, "providers" | "models">,
  source: ConfigSource,
  loading: PackageLoading,
): Promise<Outcome<SdkFactories>> {
  const factories = new Map<string, SdkFactory>();
  const findings: Finding[] = [];
  for (const [name, provider] of Object.entries(config.providers)) {
    if (provider.kind !== "ai-sdk") continue;
    try {
      const factory = factoryOf(await loaded(provider.package, loading), provider);
      tryModels(factory, provider, modelsAt(config, name));
      factories.set(name, factory);
    } catch (error) {
      findings.push(findingOf(name, provider, error));
    }
  }
  if (findings.length === 0) return { ok: true, value: factories, warnings: [] };
  return {
    ok: false,
    problems: findings.map(valueHider(source)).map((each) => problemOf(source, each)),
  };
}

async function loaded(
  name: string,
  { clock, importModule, importPackage }: PackageLoading,
): Promise<object> {
  const reason = new Error(`it is not ready after ${loadingMs} ms`);
  using limit = new TimeLimit(clock, { ms: loadingMs, below: null, reason });
  const importing = isModulePath(name) ? importModule(name) : importPackage(name);
  const module = await orAborted(importing, limit.signal);
  if (typeof module !== "object" || module === null) throw new Misused("package", "is no module");
  return module;
}

/** A fault of one key, in words that go behind its value. */
class Misused extends Error {
  readonly key: "package" | "factory" | "method" | "baseUrl";

  constructor(key: Misused["key"], why: string) {
    super(why);
    this.key = key;
  }
}

const makes = /^create[A-Z]/;

function factoryOf(module: object, { factory: named }: PackageProvider): SdkFactory {
  const exported = (key: string): unknown => Reflect.get(module, key);
  const made = Object.keys(module).filter(
    (key) => makes.test(key) && typeof exported(key) === "function",
  );
  const [only] = made;
  if (named === null && (only === undefined || made.length > 1)) {
    const found = only === undefined ? "none" : `${made.length}: ${made.slice(0, 8).join(", ")}`;
    throw new Misused("factory", `must be named: exports that begin with "create" are ${found}`);
  }
  const factory = exported(named ?? only ?? "");
  if (typeof factory !== "function") {
    const others =
      made.length === 0 ? "there are none" : `there are ${made.slice(0, 8).join(", ")}`;
    throw new Misused("factory", `is no function that the package exports; ${others}`);
  }
  // What it takes and gives back is seen when it is called.
  return factory as SdkFactory;
}

/** As it will be used, but that nothing is sent, and no secret is needed. */
function tryModels(
  factory: SdkFactory,
  provider: PackageProvider,
  models: readonly string[],
): void {
  const { method, options, baseUrl, credentials } = provider;
  const made = factory({
    ...shown(options),
    ...(credentials.length === 0 ? {} : { apiKey: "none" }),
    ...(baseUrl === null ? {} : { baseURL: baseUrl }),
    fetch: () => Promise.reject(new Error("Nothing is sent while a package is tried")),
  });
  const make = modelMaker(made, method);
  if (make === null) throw new Misused("method", "is no method of the provider that was made");
  for (const name of models.length === 0 ? ["any"] : models) {
    const read = readModel(make(name));
    if (!read.ok) throw new Misused("package", `cannot be used: its model "${name}" ${read.why}`);
    if (baseUrl === null && lacksBaseUrl(read.model)) {
      throw new Misused("baseUrl", "is missing: the package has no address of its own");
    }
  }
}

/**
 * Models of the SDK's own packages know their address by `config.url`: without a base it is none.
 * Of other models this says nothing.
 */
function lacksBaseUrl(model: object): boolean {
  const config: unknown = Reflect.get(model, "config");
  if (typeof config !== "object" || config === null) return false;
  const url: unknown = Reflect.get(config, "url");
  if (typeof url !== "function") return false;
  try {
    return !URL.canParse(String(Reflect.apply(url, config, [{ path: "/", modelId: "any" }])));
  } catch (error) {
    return error instanceof TypeError && "code" in error && error.code === "ERR_INVALID_URL";
  }
}

/** Secrets as their fingerprints. */
const shown = (options: PackageProvider["options"]): object => JSON.parse(JSON.stringify(options));

const modelsAt = ({ models }: Pick<Config, "models">, provider: string): string[] => [
  ...new Set(
    Object.values(models)
      .flatMap((model) => ("targets" in model ? model.targets : []))
      .filter((target) => target.provider === provider)
      .map(({ model }) => model),
  ),
];

const maxShownChars = 200;

function findingOf(name: string, provider: PackageProvider, error: unknown): Finding {
  const key = error instanceof Misused ? error.key : "package";
  const path: ConfigPath = ["providers", name, key];
  const value = provider[key] === null ? "" : `: "${provider[key]}"`;
  return { path, sentence: `${formatPath(path)}${value} ${whyOf(provider.package, error)}` };
}

function whyOf(name: string, error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  if (error instanceof Misused) return said;
  const code = error instanceof Error && "code" in error ? error.code : null;
  const isMissing = code === "MODULE_NOT_FOUND" || code === "ERR_MODULE_NOT_FOUND";
  // A package may miss one of its own: npm brings that with it too.
  if (isMissing && !isModulePath(name)) {
    return `is not installed: npm install ${name.split("/").slice(0, depthOf(name)).join("/")}`;
  }
  const [line = ""] = said.slice(0, maxShownChars).split("\n", 1);
  return `cannot be used: ${line}`;
}

/** The name of a package without the path inside it. */
const depthOf = (name: string): number => (name.startsWith("@") ? 2 : 1);
