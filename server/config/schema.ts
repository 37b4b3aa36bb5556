import type { PriceBook } from "@sekisho/gateway/catalog/price-book.ts";
import { z } from "zod";
import { cache } from "./schema/cache.ts";
import { chat } from "./schema/chat.ts";
import { issuers } from "./schema/issuers.ts";
import { admin, automation, manga } from "./schema/later-sections.ts";
import { models } from "./schema/models.ts";
import { moderations } from "./schema/moderations.ts";
import { prices } from "./schema/prices.ts";
import { providers } from "./schema/providers.ts";
import type { BookText } from "./schema/book-text.ts";
import type { SecretText } from "./schema/secret-text.ts";
import {
  data,
  drained,
  egress,
  env,
  features,
  idempotency,
  ledger,
  listen,
  log,
  processes,
  retryBudget,
  shedding,
  storage,
  streams,
} from "./schema/server.ts";
import { tenants } from "./schema/tenants.ts";
import type { Secret } from "./secret.ts";

/** The whole configuration, in the order in which the example and the docs show it. */
export const configSchema = z.strictObject({
  env,
  listen,
  data,
  storage,
  processes,
  log,
  features,
  egress,
  providers,
  models,
  retryBudget,
  drained,
  chat,
  moderations,
  prices,
  tenants,
  issuers,
  cache,
  idempotency,
  streams,
  ledger,
  shedding,
  admin,
  automation,
  manga,
});

/** What may stand in a file: every key optional. */
export type ConfigInput = z.input<typeof configSchema>;

/** A valid configuration with every default filled in, secrets still as references. */
export type ConfigShape = z.output<typeof configSchema>;

type Revealed<T> = T extends SecretText
  ? Secret
  : T extends BookText
    ? PriceBook
    : T extends object
      ? { readonly [Key in keyof T]: Revealed<T[Key]> }
      : T;

/** A valid configuration: every default filled in, every secret and the price book read. */
export type Config = Revealed<ConfigShape>;

export type ProviderConfig = Config["providers"][string];
/** An alias has `targets`, a chain `chain`, a wildcard `passThrough`: tell them apart by `in`. */
export type ModelConfig = Config["models"][string];
export type TenantConfig = Config["tenants"][string];
