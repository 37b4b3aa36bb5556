import type { Fields } from "../fields.ts";

const members = ["temperature", "top_p", "top_k"] as const;
/** From this version of the API on there is no sampling, whatever the model. */
const withoutSampling = "2026-10-21";
/** From these Claudes on: all of the members, or temperature together with top_p. */
const refusesAll = 4.07;
const refusesBoth = 4.01;

/** `claude-opus-4-7` is 4.07; 0 for what names no version. */
const versionOf = (model: string): number => {
  const groups =
    /claude-(?:[a-z]+-)*v?(?<major>\d{1,2})(?!\d)(?:[-.](?<minor>\d{1,2})(?!\d))?/.exec(
      model,
    )?.groups;
  return groups === undefined ? 0 : Number(groups["major"]) + Number(groups["minor"] ?? 0) / 100;
};

const checkRanges = (body: Fields): void => {
  body.number("temperature", { min: 0, max: 1, isInteger: false });
  body.number("top_p", { min: 0, max: 1, isInteger: false });
  body.number("top_k", { min: 0, max: 1e9, isInteger: true });
};

/** Throws `Failure("invalid_value")` for a sampling parameter that the model does not take. */
export const checkSampling = (body: Fields, model: string, apiVersion: string): void => {
  checkRanges(body);
  const given = members.filter((name) => body.has(name));
  const [first] = given;
  if (first === undefined) return;
  const version = versionOf(model);
  if (apiVersion === withoutSampling || version >= refusesAll) {
    throw body.invalid(first, `\`${first}\` is not supported by this model.`);
  }
  if (version >= refusesBoth && given.includes("temperature") && given.includes("top_p")) {
    const text = "`temperature` and `top_p` cannot both be specified for this model.";
    throw body.invalid("top_p", text);
  }
};
