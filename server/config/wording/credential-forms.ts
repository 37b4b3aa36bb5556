import { type ConfigPath, formatPath } from "../config-path.ts";
import {
  type CredentialForm,
  formsInWords,
  isCredentialForm,
  kindForms,
} from "../schema/credentials.ts";
import { type JsonMap, valueAt } from "../schema/schema-walk.ts";

/** A key of a credential that names its form, and what its provider's kind takes. */
interface Place {
  readonly form: CredentialForm;
  readonly kind: string;
  readonly possible: readonly CredentialForm[];
}

function placeOf(path: ConfigPath, tree: JsonMap): Place | null {
  const [section, name, list, , form] = path;
  if (section !== "providers" || list !== "credentials" || path.length !== 5) return null;
  const kind = String(valueAt(tree, ["providers", name ?? "", "kind"]));
  const kinds: Readonly<Record<string, readonly CredentialForm[]>> = kindForms;
  const possible = Object.hasOwn(kinds, kind) ? kinds[kind] : undefined;
  return isCredentialForm(form) && possible !== undefined ? { form, kind, possible } : null;
}

/** The sentence for a form that the kind cannot use, or for a second one; null for other keys. */
export function foreignForm(path: ConfigPath, tree: JsonMap): string | null {
  const place = placeOf(path, tree);
  if (place === null) return null;
  const { form, kind, possible } = place;
  const name = formatPath(path);
  if (!possible.includes(form)) {
    return `${name} cannot be used by kind ${kind}, which takes ${formsInWords(possible)}`;
  }
  return `${name} is one too many: a credential has one of ${formsInWords(possible)}`;
}

/** The sentence for a credential that says nothing, where its kind takes more than one form. */
export function missingForm(path: ConfigPath, tree: JsonMap): string | null {
  const place = placeOf(path, tree);
  if (place === null || place.possible.length === 1) return null;
  return `${formatPath(path.slice(0, -1))} has none of ${formsInWords(place.possible)}`;
}
